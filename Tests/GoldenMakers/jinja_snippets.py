"""Writes Jinja's renderings of small templates: jinja-snippets.json.

Usage: jinja_snippets.py FOLDER. The format is described in Tests/Goldens/README.md. SnippetTests declares the same
variables.
"""

import datetime
import json
import sys
from pathlib import Path

import transformers.utils.chat_template_utils as chat_template_utils


class FixedTime(datetime.datetime):
    @classmethod
    def now(cls, timezone=None):
        return cls(2024, 2, 9, 15, 4, 5)


VARIABLES = {
    "text": "Hello, World",
    "spaces": "  a b\tc \n",
    "empty": "",
    "unicode": "Größe 日本 é",
    "quotes": "it's \"so\"",
    "lines": "one\ntwo\r\n\nthree",
    "five": 5,
    "minus": -7,
    "large": 12345678901234567890,
    "half": 2.5,
    "yes": True,
    "no": False,
    "nothing": None,
    "list": [3, 1, 2],
    "words": ["b", "A", "c"],
    "void": [],
    "nested": [[1, [2]], {"k": (None)}],
    "map": {"b": 1, "a": [True, None], "items": "own", "x y": {"z": 1.5}},
    "messages": [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": [{"type": "text", "text": "Hi"}, {"type": "image"}]},
        {"role": "assistant", "content": None, "calls": [{"name": "f", "arguments": {"x": 1, "y": "ü<&>"}}]},
        {"role": "user", "content": "Bye"},
    ],
}

EXPRESSIONS = r"""
1 + 2 * 3 - 4
(1 + 2) * 3
7 // 2, -7 // 2, 7 // -2, 7.5 // 2
7 % 3, -7 % 3, 7 % -3, -7.5 % 2
7 / 2, 6 / 3, 1 / 3
2 ** 10, 2 ** -1, 2 ** 0.5, -2 ** 2
2 ** 3 ** 2
1 / 0
1 // 0
1 % 0
5.0, 1e16, 1e15, 1e-4, 1e-5, 0.1 + 0.2, 123456789.125, 1.0e300, 1e400, -0.0
0x1F, 0b101, 0o17, 1_000, 1_0.5_0
1 + true, true + true, -true, +5
'a' + 'b', 'a' * 3, 3 * 'a', 'a' * -1
'a' + 1
1 + 'a'
[1] + [2], [1] * 2, (1,) + (2,)
[1] + (2,)
text + missing
missing + 1
missing
missing.attribute
missing['key']
missing()
text.missing, list.missing, map.missing, five.missing
text.missing.more
text ~ five ~ nothing ~ yes ~ half ~ missing ~ list
1 ~ 2 + 3
1 < 2 < 3, 1 < 3 < 2, 1 == 1.0, 1 == true, '1' == 1, none == none, missing == missing2
'a' < 'b', 'B' < 'a', 'é' > 'z', [1, 2] < [1, 3], (1,) < (1, 0)
1 < 'a'
[1] < [none]
none < 1
1 != 2, 1 >= 1, 2 <= 1
'a' in 'abc', 'd' in 'abc', 1 in list, 9 not in list, 'b' in map, 1 in map, '' in ''
1 in 'abc'
'a' in missing
'a' in five
not 1, not '', not [], not {}, not 0.0, not none, not missing, not 'x'
1 and 2, 0 and 2, '' or 'x', none or missing or 0, 1 or 1 / 0
1 if yes else 2, 1 if no, (1 if no) is undefined
1 if no else 2 if no else 3
list[0], list[-1], list[5], list[-4], list['a'], list[true]
text[0], text[-1], text[99], unicode[2], unicode[-1]
text[1:4], text[:-1], text[::-1], text[::2], text[5:1:-2], text[-3:], text[3:1], text[99:]
unicode[1:4], unicode[::-1], unicode[-2:]
list[1:], list[::-1], list[:0], (1, 2, 3)[1:], range(10)[2:5]|list, range(9)[::-2]|list
text[1:2:0]
missing[1:]
map[1:]
map.b, map['b'], map['x y'].z, map['items'], map.keys()|list, map.values()|list
map.get('b'), map.get('q'), map.get('q', 7), map.items()|list
map.items(), map.keys(), map.values()
map.pop('b')
map.pop
map.update({'c': 1})
list.append(1)
list.append
list.index(1), list.count(1)
list.index(9)
list.sort()
{'a': 1, 'a': 2}, {1: 'x', 1.0: 'y', true: 'z'}, {}, {'a': {'b': [1, 'x']}}
{[1]: 2}
(), (1,), (1, 'a'), [none, true, 1.5, 'x'], [[]], [missing]
'it\'s', "say \"x\"", '\x41\u00e9\U0001F600\n\t\\', '\101\d'
['it\'s', "say \"x\"", 'both \' "', '\n\t\x00\x7f\xa0é\u200b']
'con' 'cat' "enate"
text.istitle(), 'A b'.istitle(), 'Ab C1d'.istitle(), 'Ab-Cd ǅz 日'.istitle(), 'aB'.istitle(), ''.istitle(), '1'.istitle(), 'É'.istitle()
'a\tb\n\tc'.expandtabs(), 'a\tb'.expandtabs(4), 'é\t\tb'.expandtabs(tabsize=3), 'a\tb'.expandtabs(0), 'a\tb'.expandtabs(-1), '\r\t'.expandtabs(2)
'Straße ẞ ŉ ıIİ Σς ꭰᎠ ǅ ﬁ 日'.casefold(), text.casefold(), 'ΐᾳ\u0345ϐſK'.casefold()
1|filesizeformat, 0|filesizeformat, 999|filesizeformat, 1000|filesizeformat, 1000000|filesizeformat, 1e30|filesizeformat, '12345'|filesizeformat
1023|filesizeformat(true), 1024|filesizeformat(binary=true), 123456789|filesizeformat(true), -5.5|filesizeformat, 1.5|filesizeformat, 999999|filesizeformat
'x'|filesizeformat
nothing|filesizeformat
'<p>a  <b>b</b>\n c</p>'|striptags, 'a < b'|striptags, '<!-- x <i> -->y'|striptags, '<<!-- a -->!-- b -->c'|striptags, '<a'|striptags, 5|striptags
'a & b <!--> c -->'|striptags, '<!-- open <b>'|striptags
strftime_now('%H:%M:%S.%f')
text.upper(), text.lower(), 'hELLO wORLD'.title(), 'hELLO'.capitalize(), 'aB'.swapcase()
'straße'.upper(), 'ǆ'.title(), 'ΑΣ ΑΣΑ'.lower(), 'they\'re x1y'.title(), 'ß'.capitalize()
spaces.strip(), spaces.lstrip(), spaces.rstrip(), 'xxaxx'.strip('x'), 'abcba'.lstrip('ab'), 'xy'.rstrip('')
'\u00a0\u3000a\x1c'.strip()
text.split(), spaces.split(), text.split(', '), text.split('l'), ''.split(), ''.split(','), 'a,b,c'.split(',', 1)
'a  b c '.split(none, 1), ' a b  c'.rsplit(none, 1), 'a,b,c'.rsplit(',', 1), 'a b c'.split(maxsplit=1)
'aaa'.split('aa'), 'aaa'.rsplit('aa')
'abc'.split('')
lines.splitlines(), lines.splitlines(true), ''.splitlines(), 'a\x0bb\u2028c'.splitlines()
'a.b.c'.partition('.'), 'a.b.c'.rpartition('.'), 'abc'.partition('.'), 'abc'.rpartition('.')
text.startswith('He'), text.startswith(('x', 'H')), text.endswith('d'), text.endswith(('x',)), text.startswith('W', 7)
text.startswith(['H'])
text.startswith(1)
text.removeprefix('Hello'), text.removesuffix('World'), text.removeprefix('x')
text.replace('l', 'L'), text.replace('l', 'L', 1), 'aaa'.replace('aa', 'b'), 'ab'.replace('', '-'), text.replace('l', '')
text.find('o'), text.rfind('o'), text.find('z'), text.find('o', 5), text.index('W'), unicode.find('日'), text.find('', 50)
text.index('z')
text.count('l'), 'aaaa'.count('aa'), 'abc'.count(''), text.count('l', 4)
', '.join(words), ''.join([]), '-'.join('abc'), ','.join(map)
', '.join(list)
'{} {}'.format(1, 'a'), '{1}{0}'.format('a', 'b'), '{x}'.format(x=none), '{{}}'.format(), '{0[a]}{1.b}'.format({'a': 1}, {'b': 2})
'{:>5}|{:<5}|{:^5}|{:*^7}|{:05d}|{:+d}|{:,}|{:.2f}|{:e}|{:%}|{:x}|{:#b}|{:g}'.format('a', 'b', 'c', 'd', 42, 5, 1234567, 3.14159, 1234.5, 0.25, 255, 5, 0.0001)
'{!r} {!s}'.format('a', 'b')
'{}'.format()
'{:d}'.format('a')
'%s %d %i %5.2f|%-5s|%05d|%x|%%|%r' % ('a', 1, 2.9, 3.14159, 'b', 42, 255, 'c')
'%(a)s %(b)d' % {'a': 1, 'b': 2}
'%s' % 'x', '%s' % 5, '%s' % [1, 2], '%s' % none
'%s %s' % ('a',)
'%s' % ('a', 'b')
'%d' % 'a'
'%q' % 1
'123'.isdigit(), '²'.isdigit(), '²'.isdecimal(), '½'.isnumeric(), ''.isdigit(), 'aé'.isalpha(), 'a1'.isalnum(), ' \n'.isspace()
'AB1'.isupper(), 'Ab'.isupper(), 'ab'.islower(), '1'.islower(), 'é'.isascii()
'7'.zfill(3), '-7'.zfill(4), 'a'.center(4), 'ab'.center(5, '*'), 'a'.ljust(3) ~ '|', 'a'.rjust(3)
text.nothing()
text is defined, missing is defined, missing is undefined, missing is not defined, none is defined, map.q is defined
none is none, missing is none, true is true, 1 is true, false is false, 0 is false, true is boolean, 1 is boolean
'a' is string, 1 is string, missing is string, map is mapping, list is mapping, missing is mapping
list is sequence, 'a' is sequence, map is sequence, 1 is sequence, missing is sequence, map.items() is sequence, range(3) is sequence
list is iterable, 'a' is iterable, 1 is iterable, none is iterable, missing is iterable, map.items() is iterable, list|map('abs') is iterable
1 is number, 1.5 is number, true is number, '1' is number, 1 is integer, true is integer, 1.0 is integer, 1.0 is float, 1 is float
5 is odd, 4 is even, -3 is odd, 9 is divisibleby 3, 9 is divisibleby(2)
'a' is odd
1 is eq 1, 1 is equalto(2), 1 is ne 2, 1 is lt 2, 2 is gt 1, 1 is le 1, 1 is ge 2, 1 is lessthan 2, 1 is greaterthan 2
1 is in [1, 2], 'a' is in 'abc', 3 is not in [1]
'ab' is lower, 'AB' is upper, 'Ab' is lower, range is callable, 1 is callable, none is sameas none, true is sameas true, 1 is sameas true
'upper' is filter, 'nope' is filter, 'odd' is test, 'nope' is test
1 is nope
1|nope
1 is defined is true
not 1 is even, not (1 is odd)
1 is even or 1 is odd, 5 is odd and 4 is odd
text|upper|lower|title, 'a-b (c) d'|title, 'hELLO'|capitalize, 5|upper, none|upper, missing|upper
spaces|trim, 'xax'|trim('x'), 5|trim
text|length, list|length, map|length, missing|length, ''|count, map.items()|length, range(5)|length
5|length
(list|map('abs'))|length
text|first, text|last, list|first, list|last, void|first, void|last, missing|first, ''|first, map|first
5|first
missing|last
text|list, map|list, missing|list, (1, 2)|list, range(3)|list
5|list
none|list
text|reverse, list|reverse|list, missing|reverse|list
list|join, list|join(', '), words|join('-'), missing|join, text|join('.'), messages|join(',', attribute='role'), [none, 1.5, true]|join('|')
5|join
list|sort, words|sort, words|sort(case_sensitive=true), list|sort(reverse=true), messages|sort(attribute='role')|map(attribute='role')|list
[1, 'a']|sort
map|dictsort, map|dictsort(reverse=true), {'b': 1, 'A': 2}|dictsort, {'b': 1, 'A': 2}|dictsort(true), {'b': 1, 'A': 2}|dictsort(by='value')
list|dictsort
[1, 1, 2, 'a', 'A']|unique|list, words|unique(case_sensitive=true)|list
list|min, list|max, words|min, words|max, void|min, messages|max(attribute='role')
list|sum, void|sum, [{'a': 1}, {'a': 2}]|sum(attribute='a'), list|sum(start=10), [1.5, 2]|sum
words|sum
range(7)|batch(3)|list, range(4)|batch(3, '-')|list, range(7)|slice(3)|list, range(4)|slice(3, '-')|list
messages|groupby('role')|map('first')|list, messages|groupby('role')|map(attribute='list')|map('length')|list
list|map('string')|list, words|map('upper')|join, messages|map(attribute='role')|join(' '), messages|map(attribute='calls', default='-')|first
words|map('replace', 'b', 'x')|list, messages|map('attr', 'role')|list
list|map|list
list|map('nope')|list
list|select|list, [0, 1, '', 'a']|select|list, [0, 1]|reject|list, list|select('odd')|list, list|reject('gt', 1)|list
messages|selectattr('role', 'equalto', 'user')|list|length, messages|selectattr('calls')|list|length, messages|rejectattr('role', 'in', ['user'])|map(attribute='role')|list
messages|selectattr('role', 'equalto', 'user')|length
(messages|selectattr('role', 'eq', 'user')|list)[0].content[0].text
messages|selectattr('content', 'string')|map(attribute='content')|list
list|selectattr('x')|list
list|select('nope')|list
missing|default('x'), none|default('x'), none|default('x', true), ''|default('x', boolean=true), text|d('x'), missing|default
5|string, '5'|int, '5.7'|int, 'x'|int, 'x'|int(7), '0x1f'|int(0, 16), none|int, 5.9|int, true|int, ' 5 '|int, '1_0'|int
'2.5'|float, 'x'|float, 'x'|float(1.5), 5|float, '1e3'|float, none|float
missing|int
2.5|round, 3.5|round, 2.675|round(2), 1234.5|round(1), 2.1|round(method='ceil'), 2.9|round(0, 'floor'), 5|round, -2.5|round
'x'|round
-5|abs, -2.5|abs, true|abs
'x'|abs
map|tojson, messages[2]|tojson, [none, true, 1.5, 1e16, 'é"\\\n\x01\x7f']|tojson, ()|tojson, {}|tojson
map|tojson(indent=2), [1, [2, {}], []]|tojson(indent=1), map|tojson(sort_keys=true), 'é日😀'|tojson(ensure_ascii=true)
map|tojson(separators=(',', ':')), [1, 2]|tojson(indent='\t'), {1: 2, none: 3, true: 4, 1.5: 5}|tojson, list|tojson(indent=0)
missing|tojson
map.items()|tojson
large, large|tojson, [large], large == large, large|string|length, large is integer
text|replace('l', 'L'), text|replace('l', 'L', 2), 5|replace(5, 6)
text|replace
text|indent, lines|indent(2), lines|indent(2, true), lines|indent(2, first=false, blank=true), lines|indent('> '), ''|indent(first=true)
'one two three four'|truncate(10), 'one two three four'|truncate(10, true), 'one two three four'|truncate(11, leeway=0), 'one two'|truncate(5, end='', leeway=0)
'a b&c=ü/d'|urlencode, {'a b': 'c&d', 'e': 1}|urlencode, [('a', 1)]|urlencode
'one two_three, four-five'|wordcount, ''|wordcount
'%s-%d'|format('a', 5), '%(x)s'|format(x=1)
'<a href="x">&\'</a>'|escape, '<'|e, 5|e, ('<'|safe)|e, ('<'|safe) + '&', '<b>'|safe|upper, ('<'|safe) ~ '&'
'ab'|center(6), 5|center(3)
map|items|list, missing|items|list
5|items|list
map|attr('keys') is callable, map|attr('b'), text|attr('upper') is callable
range(3), range(1, 7, 2)|list, range(5, 0, -2)|list, range(0)|list, range(3)[1], 2 in range(3)
range(100001)
range(1, 2, 0)
range('a')
dict(a=1, b=2), dict({'a': 1}, b=2), dict([('a', 1)]), dict()
namespace(a=1).a, namespace().b
namespace(_a=1)
raise_exception('No ' ~ text)
strftime_now('%d %b %Y'), strftime_now('%A %B %-d %j %I %p %y'), strftime_now('%H:%M:%S %%'), strftime_now('%F %T')
joiner('|')(), cycler(1, 2).next(), cycler(1, 2).current
list.__class__, text.__len__
list.__class__.__name__
'a'.join.__self__
text[0].upper()[0].lower() ~ [1, [2]][1][0]
{'a': [1, {'b': 2}]}.a[1].b
messages[1].content[0]['text'], messages[2].calls[0].arguments.x, messages.0.role, messages[-1]['role']
messages[0].content.split(' ')[-1].rstrip('.')
text(1)
list()
f(1, a=2, 3)
f(*list)
dict(**{'a': 1}), dict(a=1, **{'b': 2}), range(*[1, 4])|list
1 +
1 2
(1
[1, 2
{'a' 1}
a b c
'open
1 ? 2
}}
1,
[1, 2,], {'a': 1,}, (1, 2,)
""".strip("\n").split("\n")

TEMPLATES = [
    "plain",
    "",
    "\n",
    "a\n",
    "a\n\n",
    "a\r\nb\rc",
    "{{ text }}\n",
    "  {{ text }}  \n x",
    "a {{- five -}} b",
    "a\n {%- if yes %} b {% endif -%} \n c",
    "{% if yes %}\n  x\n{% endif %}\ny",
    "  {% if yes %}\n  x\n  {% endif %}  \ny",
    "  {%+ if yes %}x{% endif +%}\ny",
    "x  {% if yes %}y{% endif %}",
    "{# c #}\na {#- d -#} b {# e\nf #}g",
    "  {# c #}\nx",
    "{% raw %}{{ x }}{% if %}{% endraw %}|{%- raw -%} a {%- endraw -%} b",
    "{% raw %}\n a\n {% endraw %}\nb",
    "{{ '{{ x }}' }}{{ \"%}\" }}",
    "{% for x in list %}{{ x }},{% endfor %}",
    "{% for x in void %}{{ x }}{% else %}none{% endfor %}",
    "{% for x in missing %}{{ x }}{% else %}none{% endfor %}",
    "{% for x in none %}{% endfor %}",
    "{% for x in five %}{% endfor %}",
    "{% for k in map %}{{ k }},{% endfor %}{% for k, v in map.items() %}{{ k }}={{ v }};{% endfor %}",
    "{% for c in unicode %}{{ c }}.{% endfor %}",
    "{% for a, b in [(1, 2), [3, 4], 'xy'] %}{{ a }}{{ b }} {% endfor %}",
    "{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}",
    "{% for a, b in [(1, 2, 3)] %}{% endfor %}",
    "{% for x in list %}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.revindex0 }}{{ loop.first }}"
    "{{ loop.last }}{{ loop.length }}{{ loop.depth }}{{ loop.depth0 }} {% endfor %}",
    "{% for x in list %}{{ loop.previtem }}<{{ x }}>{{ loop.nextitem }} {% endfor %}",
    "{% for x in list %}{{ loop.cycle('a', 'b') }}{{ loop.changed(x > 1) }} {% endfor %}",
    "{% for x in list if x > 1 %}{{ loop.index }}{{ x }}{{ loop.length }}{{ loop.last }} {% else %}e{% endfor %}",
    "{% for x in list if x > 9 %}{{ x }}{% else %}e{% endfor %}",
    "{% for x in [1, 2, 3, 4] %}{% if x == 2 %}{% continue %}{% elif x == 4 %}{% break %}{% endif %}{{ x }}{% endfor %}",
    "{% for x in [1] %}{% for y in [2, 3] %}{{ loop.index }}{% break %}{% endfor %}{{ loop.index }}{% endfor %}",
    "{% break %}",
    "{% for x in [1] %}{% macro m() %}{% break %}{% endmacro %}{% endfor %}",
    "{% for x in [{'v': 1, 'c': [{'v': 2, 'c': []}]}] recursive %}{{ x.v }}@{{ loop.depth }}({{ loop(x.c) }}){% endfor %}",
    "{% for x in [1] %}{{ loop([2]) }}{% endfor %}",
    "{% for x in list %}{% set y = x %}{% endfor %}{{ y }}",
    "{% set y = 0 %}{% for x in list %}{{ y }}{% set y = x %}{{ y }}{% endfor %}{{ y }}",
    "{% for x in list %}{% endfor %}{{ x }}{{ loop }}",
    "{% set loop = 1 %}{{ loop }}",
    "{% for loop in list %}{% endfor %}",
    "{% for x in list %}{% set loop = 1 %}{% endfor %}",
    "{% if yes %}{% set z = 1 %}{% endif %}{{ z }}",
    "{% if no %}{% set z = 1 %}{% else %}{% set w = 2 %}{% endif %}{{ z }}{{ w }}",
    "{% if no %}a{% elif five == 5 %}b{% elif 1 / 0 %}c{% else %}d{% endif %}",
    "{% for m in messages %}{{ text }}{% endfor %}{% set text = 2 %}{{ text }}",
    "{{ text }}{% for m in void %}{% endfor %}{% set text = 2 %}{{ text }}",
    "{% macro m() %}{{ text }}{% endmacro %}{{ m() }}{% set text = 2 %}{{ m() }}",
    "{% macro m() %}{{ five }}{% endmacro %}{{ m() }}{{ five }}{% set five = 2 %}{{ m() }}",
    "{% set a, b = 1, 2 %}{{ a }}{{ b }}{% set a, b = b, a %}{{ a }}{{ b }}",
    "{% set x = 1, 2 %}{{ x }}",
    "{% set x %}a {{ five }} b{% endset %}[{{ x }}]{{ x is string }}",
    "{% set x | upper | trim %} a {% endset %}[{{ x }}]",
    "{% set ns = namespace(n=0) %}{% for x in list %}{% set ns.n = ns.n + x %}{% endfor %}{{ ns.n }}",
    "{% set ns = namespace(n=[]) %}{% for x in list %}{% set ns.n = ns.n + [x] %}{% endfor %}{{ ns.n }}",
    "{% set ns = namespace() %}{% for x in [1, 2, 3, 4] if not ns.stop %}{{ x }}{% if x == 2 %}{% set ns.stop = true %}"
    "{% endif %}{% endfor %}",
    "{% set map.b = 2 %}",
    "{% set ns = namespace() %}{% set ns._x = 2 %}",
    "{% set none = 1 %}",
    "{% set 5 = 1 %}",
    "{% macro m(a, b=2, c=a) %}{{ a }}{{ b }}{{ c }}{% endmacro %}{{ m(1) }} {{ m(1, c=3) }} {{ m(b=5, a=4) }} {{ m() }}",
    "{% macro m(a) %}{{ a }}{{ varargs }}{{ kwargs }}{% endmacro %}{{ m(1, 2, 3, x=4) }}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(1, 2) }}",
    "{% macro m(a) %}{{ a }}{% endmacro %}{{ m(b=2) }}",
    "{% macro m(a, b=1, c) %}{% endmacro %}",
    "{% macro m() %}x{{ caller(1) }}y{% endmacro %}{% call(a) m() %}[{{ a }}{{ five }}]{% endcall %}",
    "{% macro m() %}x{{ caller is defined }}{{ caller() if caller }}{% endmacro %}{{ m() }}{% call m() %}c{% endcall %}",
    "{% macro m() %}x{% endmacro %}{% call m() %}c{% endcall %}",
    "{% macro f(n) %}{{ n }}{% if n > 0 %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(3) }}",
    "{{ m() }}{% macro m() %}x{% endmacro %}",
    "{% macro m(x) %}{% set y = x %}{{ y }}{% endmacro %}{{ m(1) }}{{ y }}{{ m.name }}{{ m.arguments }}",
    "{% for x in list %}{% macro m() %}{{ x }}{% endmacro %}{{ m() }}{% endfor %}{{ m is defined }}",
    "{% filter upper %}a{{ text }}{% endfilter %}{% filter replace('a', 'b')|trim %} aa {% endfilter %}",
    "{% with a = 1, b = five %}{{ a }}{{ b }}{% set c = 3 %}{% endwith %}{{ a }}{{ c }}",
    "{% set a = 1 %}{% with a = a + 1 %}{{ a }}{% endwith %}{{ a }}",
    "{% generation %}a{{ five }}{% set q = 1 %}{% endgeneration %}\n{{ q }}",
    "{% print five, 1 %}",
    "{% set j = joiner(', ') %}{% for x in list %}{{ j() }}{{ x }}{% endfor %}",
    "{% set c = cycler('a', 'b') %}{{ c.next() }}{{ c.next() }}{{ c.next() }}{{ c.current }}{{ c.reset() }}{{ c.current }}",
    "{% if no %}{{ 1|nope }}{% endif %}ok",
    "{% if no %}{{ 1 is nope }}{% endif %}ok",
    "{% if yes %}{{ 1|nope }}{% endif %}",
    "{% for x in void %}{{ 1|nope }}{% endfor %}",
    "{{ 1 if yes else (1|nope) }}",
    "{% if yes %}",
    "{% endif %}",
    "{% for x in list %}{% endif %}",
    "{% nope %}",
    "{% if %}{% endif %}",
    "{% for in list %}{% endfor %}",
    "{% set x %}",
    "{% if yes %}a{% else %}b{% else %}c{% endif %}",
    "{{ five",
    "{% if yes",
    "{# open",
    "{% raw %}open",
    "{{ }}",
    "{{ five }",
    "{{ (1] }}",
    "{%- for m in messages -%}\n  {{- m.role }}:\n  {%- if m.content is string %} {{ m.content }}\n  {%- elif m.content %}"
    "\n    {%- for p in m.content %} {{ p.type }}{% endfor %}\n  {%- endif %}\n{% endfor -%}\n",
]


def rendered(template):
    try:
        return {"text": chat_template_utils._compile_jinja_template(template).render(**VARIABLES)}
    except Exception:
        return {}


def main(folder):
    chat_template_utils.datetime = FixedTime
    templates = TEMPLATES + ["{{ " + text + " }}" for text in EXPRESSIONS]
    content = [{"template": text, **rendered(text)} for text in templates]
    (folder / "jinja-snippets.json").write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


main(Path(sys.argv[1]))
