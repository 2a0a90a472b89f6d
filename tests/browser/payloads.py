"""Active content of many kinds, written for this test; none of it may run or reach out.

`window.ran.push(n)` is what a script would do, and `ELSEWHERE` where a picture would come from.
"""

from __future__ import annotations

from itertools import product

ELSEWHERE = "http://elsewhere.example"
_RUN = "window.ran.push({n})"
_HANDLERS = (
    "<img src=x onerror={run}>", "<img src=x:x onerror='{run}'>", "<svg onload={run}>",
    "<svg/onload={run}//", "<body onload={run}>", "<input autofocus onfocus={run}>",
    "<details open ontoggle={run}>", "<video><source onerror={run} src=x></video>",
    "<audio src=x onerror={run}>", "<marquee onstart={run}>", "<select autofocus onfocus={run}>",
    "<style onload={run}></style>", "<div onpointerenter={run} style=padding:99px>",
    "<a onmouseover={run}>over</a>", "<form><button formaction=javascript:{run}>",
    "<iframe srcdoc='<script>parent.{run}</script>'></iframe>", "<object data=javascript:{run}>",
    "<embed src=javascript:{run}>", "<a href=javascript:{run}>go</a>",
    "<math><a xlink:href=javascript:{run}>go</a></math>", "<script>{run}</script>",
    "<script src='data:text/javascript,{run}'></script>", "<script type=module>{run}</script>",
    "<base href='javascript:{run}//'>", "<meta http-equiv=refresh content='0;javascript:{run}'>",
    "<template><script>{run}</script></template>", "<noscript><p title='</noscript><img src=x "
    "onerror={run}>'></noscript>", "<dialog open onclose={run}>", "<animate onbegin={run}>",
    "<svg><animate onbegin={run} attributeName=x dur=1s>",
)  # fmt: skip
_REACHES = (
    "<img src={to}/a.png>", "<img srcset='{to}/b.png 1x'>", "<link rel=stylesheet href={to}/c>",
    "<link rel=prefetch href={to}/d>", "<style>@import '{to}/e';</style>",
    "<style>*{{background:url({to}/f)}}</style>", "<p style='background:url({to}/g)'>x</p>",
    "<iframe src={to}/h></iframe>", "<video poster={to}/i></video>", "<audio src={to}/j autoplay>",
    "<object data={to}/k></object>", "<script src={to}/l></script>",
    "<input type=image src={to}/m>",
    "<svg><image href={to}/n /></svg>", "<svg><use href={to}/o#x /></svg>", "<base href={to}/>",
    "<form action={to}/p><input autofocus></form>", "<meta http-equiv=refresh content='0;{to}/q'>",
    "![x]({to}/r.png)", "![x][r]\n\n[r]: {to}/s.png", "[x]({to}/t)", "<{to}/u>",
    "<table background={to}/v><tr><td>x", "<body background={to}/w>",
)  # fmt: skip
_TEMPLATES = (
    "${{{run}}}", "`${{{run}}}`", "\\${{{run}}}", "$\\{{{run}}}",
    "{{{{constructor.constructor('{run}')()}}}}",
    "{{{{#with \"s\" as |s|}}}}{{{{lookup s.sub \"constructor\"}}}}{{{{/with}}}}", "`);{run};(`",
    "';{run};'", "\";{run};\"",
    "</script><script>{run}</script>", "]]>{run}<![CDATA[", "<%= {run} %>",
)  # fmt: skip
_WRAPS = (
    "{}", "\">{}", "'>{}", "</span></p></div></article>{}", "--><!-- -->{}<!--",
    "</textarea></title></style>{}", "&lt;b&gt;{}", "\u202e{}\u202c",
)  # fmt: skip


def payloads(n: int) -> list[str]:
    """The first so many, of all kinds in turns; every one has a number of its own."""
    kinds = [*_HANDLERS, *_REACHES, *_TEMPLATES]
    made = []
    for number, (wrap, kind) in enumerate(product(_WRAPS, kinds)):
        text = kind.format(run=_RUN.format(n=number), to=ELSEWHERE)
        made.append(wrap.replace("{}", text))
    return made[:n]
