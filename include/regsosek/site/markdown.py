"""Markdown as this project's texts use it, to HTML: tables, anchors as GitHub makes them, links within the site."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import urldefrag, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token

IMAGE = re.compile(r'(<img [^>]*?src=")([^"]+)(")')
ALERT = re.compile(r"\[!(\w+)\]\s*")


@dataclass(frozen=True)
class Heading:
    """A heading of a page: its level, anchor and text."""

    level: int
    anchor: str
    text: str


@dataclass
class Rendered:
    """A page: title, HTML of its body, its headings in order, and the images it shows (paths within the project)."""

    title: str = ""
    html: str = ""
    headings: list[Heading] = field(default_factory=list)
    images: set[str] = field(default_factory=set)


def render(text: str, source: str, pages: Mapping[str, str]) -> Rendered:
    """Render the Markdown of ``source``, a path within the project.

    A link to another source in ``pages`` (source -> page) goes to its page; one to anything else within the project
    becomes plain text, as the site does not have it.
    """
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    tokens = parser.parse(text)
    headings = _anchor(tokens)
    rendered = Rendered(title=headings[0].text if headings else "", headings=headings)
    for token in tokens:
        if token.type == "html_block":
            token.content = _images(token.content, source, rendered)
        for child in token.children or ():
            _visit(child, source, pages, rendered)
        _unlink(token)
    rendered.html = parser.renderer.render(tokens, parser.options, {})
    return rendered


def _anchor(tokens: list[Token]) -> list[Heading]:
    seen: Counter[str] = Counter()
    headings = []
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            text = "".join(child.content for child in inline.children or () if child.type != "html_inline")
            slug = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
            anchor = f"{slug}-{seen[slug]}" if seen[slug] else slug
            seen[slug] += 1
            opening.attrSet("id", anchor)
            headings.append(Heading(int(opening.tag[1]), anchor, text))
    return headings


def _visit(token: Token, source: str, pages: Mapping[str, str], rendered: Rendered) -> None:
    if token.type == "link_open":
        token.attrSet("href", _target(str(token.attrGet("href")), source, pages))
    elif token.type == "image":
        token.attrSet("src", _image(str(token.attrGet("src")), source, rendered))
    elif token.type == "html_inline":
        token.content = _images(token.content, source, rendered)
    elif token.type == "text":
        token.content = ALERT.sub(lambda found: f"{found[1].capitalize()}: ", token.content)


def _unlink(block: Token) -> None:
    """Drop the links that lead nowhere, and keep their text."""
    kept, dropped = [], False
    for token in block.children or ():
        if token.type == "link_open" and not token.attrGet("href"):
            dropped = True
        elif token.type == "link_close" and dropped:
            dropped = False
        else:
            kept.append(token)
    if block.children is not None:
        block.children = kept


def _target(href: str, source: str, pages: Mapping[str, str]) -> str:
    """Where a link goes within the site; empty where the site does not have it."""
    path, fragment = urldefrag(href)
    if urlsplit(href).scheme or not path:
        return href
    page = pages.get(_within(path, source))
    return "" if page is None else page + (f"#{fragment}" if fragment else "")


def _images(html: str, source: str, rendered: Rendered) -> str:
    return IMAGE.sub(lambda found: found[1] + _image(found[2], source, rendered) + found[3], html)


def _image(src: str, source: str, rendered: Rendered) -> str:
    path = _within(src, source)
    rendered.images.add(path)
    return posixpath.basename(path)


def _within(path: str, source: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
