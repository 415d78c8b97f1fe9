"""What a Markdown text becomes in renderers that are not ours: elements, attributes, comments, and text outside code.

Reads Markdown from the file named first, writes JSON to the file named second. HTML is let through, addresses are linked.
"""

import json
import sys
from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options
from markdown_it import MarkdownIt

source = open(sys.argv[1], encoding="utf-8").read()
pages = [
    MarkdownIt("gfm-like", {"html": True, "linkify": True}).render(source),
    cmarkgfm.markdown_to_html_with_extensions(
        source, options=Options.CMARK_OPT_UNSAFE, extensions=["table", "autolink", "strikethrough", "tasklist"]
    ),
]


class Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.elements, self.attributes, self.comments, self.text = set(), set(), [], ""
        self.code = 0

    def handle_starttag(self, tag, attributes):
        self.elements.add(tag)
        self.attributes |= {f"{tag}.{name}={value}" for name, value in attributes}
        self.code += tag == "code"

    def handle_endtag(self, tag):
        self.code -= tag == "code"

    def handle_comment(self, data):
        self.comments.append(data)

    def handle_decl(self, data):
        self.elements.add("!" + data)

    def handle_pi(self, data):
        self.elements.add("?" + data)

    def handle_data(self, data):
        if not self.code:
            self.text += data


verdicts = []
for page in pages:
    reader = Reader()
    reader.feed(page)
    reader.close()
    verdicts.append(
        {
            "elements": sorted(reader.elements),
            "attributes": sorted(reader.attributes),
            "comments": reader.comments,
            "text": reader.text,
        }
    )
json.dump(verdicts, open(sys.argv[2], "w", encoding="utf-8"))
