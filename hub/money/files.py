"""How many input tokens a provider bills for an image or a document at the most.

Each provider documents a rule of its own, by model. A name that nobody documented is billed by the dearest of its
provider's rules here, so that a hold is too large rather than too small; the bill then says what it was.
"""

import re
from collections.abc import Callable
from fractions import Fraction
from math import ceil

from hub.money.prices import context_window

MOST_PIXELS = 8_000
"""On either side of an image; Anthropic refuses more ("Vision", maximal dimensions), OpenAI and Gemini scale down."""

_LONGEST_CONTEXT = 2_000_000
"""Tokens: the longest window of any listed model."""
_TEXT_OF_A_PAGE = 3_000
"""Tokens: 1,500 to 3,000 a page, by how dense it is (Anthropic, "PDF support")."""
_PAGE = (2_480, 3_508)
"""Pixels of a page drawn at 300 dots an inch, ISO A4: no provider documents its own."""
_DEAREST_SHAPES = ((MOST_PIXELS, MOST_PIXELS), (MOST_PIXELS, 3_000), (MOST_PIXELS, 1_000))
"""The dearest of all by pixels, by OpenAI's tiles (2,048 x 768) and by Gemini's (3,072 x 384)."""

Rule = Callable[[int, int], int]


def image_tokens(api: str, model: str, size: tuple[int, int] | None) -> int:
    """The most that one image of this width and height in pixels is billed as; None: of any size up to MOST_PIXELS."""
    shapes = (size,) if size else _DEAREST_SHAPES
    return max(rule(*shape) for rule in _rules(api, _plain(model)) for shape in shapes)


def document_tokens(api: str, model: str, pages: int | None) -> int:
    """The most that a PDF of so many pages is billed as.

    A page is billed as its text and as an image (OpenAI, "PDF files"; Anthropic, "PDF support"; Gemini, "Document
    understanding", for the image alone). Where the pages could not be counted: the model's whole context, since no call
    can be billed for more. A page with more text than Anthropic's figure shows as an overrun.
    """
    whole = context_window(api, model) or _LONGEST_CONTEXT
    if pages is None:
        return whole
    return min(whole, pages * (_TEXT_OF_A_PAGE + image_tokens(api, model, _PAGE)))


def _plain(model: str) -> str:
    return model.lower().removeprefix("ft:").rpartition("/")[2]


def _rules(api: str, model: str) -> tuple[Rule, ...]:
    match api:
        case "openai":
            return next((rules for name, rules in _OPENAI if name.match(model)), _OPENAI_ANY)
        case "anthropic":
            return (_anthropic,)
        case "gemini":
            older = re.match(r"gemini-(1|2)\.", model)
            return (_gemini_tiles,) if older else (_gemini_tiles, _gemini_budget)
        case _:
            return (_free,)


def _free(_width: int, _height: int) -> int:
    return 0


# -- OpenAI ("Images and vision", calculating costs, detail high) ----------------------------------------------------


def _tiles(base: int, tile: int) -> Rule:
    """Scaled into 2,048 x 2,048, then to a short side of 768; `base` tokens and `tile` for each 512 x 512."""

    def rule(width: int, height: int) -> int:
        long, short = max(width, height), min(width, height)
        scale = min(Fraction(1), Fraction(2_048, long))
        scale = min(scale, Fraction(768, short))
        return base + tile * ceil(ceil(long * scale) / 512) * ceil(ceil(short * scale) / 512)

    return rule


def _patches(most: int, thousandths: int) -> Rule:
    """A token for each patch of 32 x 32, scaled down to `most` of them, times the model's factor."""

    def rule(width: int, height: int) -> int:
        patches = min(most, ceil(width / 32) * ceil(height / 32))
        return -(-patches * thousandths // 1_000)

    return rule


_OPENAI: tuple[tuple[re.Pattern[str], tuple[Rule, ...]], ...] = tuple(
    (re.compile(rf"(?:{name})" + r"(-\d{4}-\d{2}-\d{2}|-latest)?$"), (rule,))
    for name, rule in (
        ("gpt-4o-mini", _tiles(2_833, 5_667)),
        ("gpt-4o|chatgpt-4o", _tiles(85, 170)),
        ("gpt-4\\.1", _tiles(85, 170)),
        ("gpt-4\\.1-mini", _patches(1_536, 1_620)),
        ("gpt-4\\.1-nano", _patches(1_536, 2_460)),
        ("gpt-5|gpt-5\\.1", _tiles(70, 140)),
        ("gpt-5-mini", _patches(1_536, 1_620)),
        ("gpt-5-nano", _patches(1_536, 2_460)),
        ("o1|o1-pro|o3", _tiles(75, 150)),
        ("o4-mini", _patches(1_536, 1_720)),
    )
)
_OPENAI_ANY: tuple[Rule, ...] = (_tiles(2_833, 5_667), _patches(10_000, 2_460))
"""The dearest tiles, and the largest number of patches with the largest factor."""


# -- Anthropic ("Vision", evaluate image size) -----------------------------------------------------------------------


def _anthropic(width: int, height: int) -> int:
    """A token for 750 pixels, or for each patch of 28 x 28, whichever is more; 4,784 at the most, after scaling down.

    Models before Claude Opus 4.7 scale down to about 1,600 already.
    """
    by_pixels, by_patches = ceil(width * height / 750), ceil(width / 28) * ceil(height / 28)
    return min(4_784, max(by_pixels, by_patches))


# -- Gemini ("Image understanding", token calculation) ---------------------------------------------------------------


def _gemini_tiles(width: int, height: int) -> int:
    """258 tokens where no side is above 384 pixels; else for each tile, after scaling into 3,072 x 3,072.

    A tile's side is the short side divided by 1.5, from 256 to 768 pixels.
    """
    if max(width, height) <= 384:
        return 258
    scale = min(Fraction(1), Fraction(3_072, max(width, height)))
    width, height = ceil(width * scale), ceil(height * scale)
    side = min(768, max(256, min(width, height) * 2 // 3))
    return 258 * ceil(width / side) * ceil(height / side)


def _gemini_budget(_width: int, _height: int) -> int:
    """From Gemini 3 on an image has a budget: 1,120 tokens unless a higher resolution is asked for ("Media
    resolution")."""
    return 1_120
