"""Tokens of images and documents, against figures worked out by hand from each provider's documented rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.money.files import MOST_PIXELS, document_tokens, image_tokens
from hub.money.holds import Bill, Held, hold_request, settlement
from hub.money.margins import CountMargins
from hub.money.prices import Tokens
from tests.money.calls import DOLLAR_A_TOKEN, call

pytestmark = pytest.mark.unit

SIDES = st.integers(1, MOST_PIXELS)


@pytest.mark.parametrize(
    ("model", "size", "tokens"),
    [
        # OpenAI's own examples: 1,024 x 1,024 becomes 768 x 768, so 4 tiles; 2,048 x 4,096 becomes 768 x 1,536, so 6.
        ("gpt-4o", (1_024, 1_024), 85 + 4 * 170),
        ("gpt-4o", (2_048, 4_096), 85 + 6 * 170),
        ("gpt-4o", (512, 512), 85 + 170),
        ("gpt-4o", (513, 512), 85 + 2 * 170),
        ("gpt-4o-2024-08-06", (4_096, 8), 85 + 4 * 170),  # 2,048 x 4
        ("gpt-4o-mini", (512, 512), 2_833 + 5_667),
        ("gpt-5", (1_024, 1_024), 70 + 4 * 140),
        ("o3", (1_024, 1_024), 75 + 4 * 150),
        # 32 x 32 patches of 32 pixels, times 1.62.
        ("gpt-4.1-mini", (1_024, 1_024), 1_659),
        ("gpt-4.1-mini", (1_800, 2_400), 2_489),  # 57 x 75 patches, scaled down to 1,536 at the most
        ("gpt-5-nano", (33, 32), 5),  # 2 patches times 2.46
        ("o4-mini", (32, 32), 2),
        # A name that nobody documented: the dearest tiles, 2 x 4 of them.
        ("gpt-9", None, 2_833 + 8 * 5_667),
        ("gpt-4o", None, 85 + 8 * 170),
        ("acme/vision", (512, 512), 2_833 + 5_667),
    ],
)
def test_openai_bills_tiles_or_patches(model: str, size: tuple[int, int] | None, tokens: int) -> None:
    assert image_tokens("openai", model, size) == tokens


@pytest.mark.parametrize(
    ("size", "tokens"),
    [
        ((1_000, 1_000), 1_334),  # Anthropic's example: 1,000,000 / 750
        ((200, 200), 64),  # 8 x 8 patches of 28 pixels, more than 40,000 / 750
        ((1, 1), 1),
        ((8_000, 8_000), 4_784),
        (None, 4_784),
    ],
)
def test_anthropic_bills_pixels(size: tuple[int, int] | None, tokens: int) -> None:
    assert image_tokens("anthropic", "claude-haiku-4-5", size) == tokens


@pytest.mark.parametrize(
    ("model", "size", "tokens"),
    [
        ("gemini-2.5-flash", (384, 384), 258),
        ("gemini-2.5-flash", (960, 540), 6 * 258),  # Google's example: tiles of 360 pixels, 3 x 2
        ("gemini-2.5-flash", (768, 768), 4 * 258),  # tiles of 512 pixels
        ("gemini-2.5-flash", (8_000, 8_000), 16 * 258),  # scaled to 3,072 x 3,072, tiles of 768
        ("gemini-2.5-flash", None, 24 * 258),
        ("gemini-3.5-flash", (10, 10), 1_120),
        ("gemini-3.5-flash", (8_000, 8_000), 16 * 258),
    ],
)
def test_gemini_bills_tiles(model: str, size: tuple[int, int] | None, tokens: int) -> None:
    assert image_tokens("gemini", model, size) == tokens


@given(SIDES, SIDES)
@pytest.mark.parametrize(
    ("api", "model"),
    [
        ("openai", "gpt-4o"),
        ("openai", "o4-mini"),
        ("openai", "other"),
        ("anthropic", "c"),
        ("gemini", "gemini-2.5-pro"),
    ],
)
def test_an_image_of_unknown_size_counts_as_the_dearest(api: str, model: str, width: int, height: int) -> None:
    tokens = image_tokens(api, model, (width, height))
    assert 0 < tokens <= image_tokens(api, model, None)
    assert tokens == image_tokens(api, model, (height, width))


@pytest.mark.parametrize(
    ("api", "model", "pages", "tokens"),
    [
        ("anthropic", "claude-haiku-4-5", 10, 10 * (3_000 + 4_784)),
        ("anthropic", "claude-haiku-4-5", 90, 200_000),  # its whole context
        ("anthropic", "claude-haiku-4-5", None, 200_000),
        ("openai", "gpt-4o", 2, 2 * (3_000 + 85 + 6 * 170)),  # a page is 2,480 x 3,508: 768 x 1,087, so 6 tiles
        ("openai", "nobody-knows", None, 2_000_000),
        ("gemini", "gemini-2.5-flash", None, 1_048_576),
    ],
)
def test_a_document_counts_by_pages_and_never_above_the_context(
    api: str, model: str, pages: int | None, tokens: int
) -> None:
    assert document_tokens(api, model, pages) == tokens


def test_files_are_part_of_a_hold_and_teach_the_margin_nothing() -> None:
    margins = CountMargins()
    plain, with_image = (
        hold_request(
            call(),
            DOLLAR_A_TOKEN,
            margins,
            hold_id="h",
            fence=1,
            counted_input=100,
            output_cap=10,
            allowances=(),
            lives_ms=1_000,
            file_tokens=tokens,
        )
        for tokens in (0, 765)
    )
    assert with_image.input_tokens - plain.input_tokens == 765
    assert (plain.input_tokens, with_image.cost_nusd - plain.cost_nusd) == (100 * 11 // 10 + 32, 765)

    bill = Bill(Tokens(input=880, output=1), "stop", 1)
    assert settlement(Held(with_image, with_image.cost_nusd, ()), bill, margins).mark == ""
    assert margins.of(with_image.call.model) == 1_100
    settlement(Held(plain, plain.cost_nusd, ()), bill, margins)
    assert margins.of(plain.call.model) > 1_100
