/* xml reader: trees, names and their spaces, text in pieces, encodings, where and why it stops, cost. */
#include "base/test.h"
#include "codec/codec.h"

enum { BUDGET = 16 << 20 };

/* The tree as one line: name{uri}(attributes)=text[children]. */
static void say(hm_buf *out, const codec_xml *e)
{
    hm_buf_str(out, codec_xml_name(e));
    if (codec_xml_ns(e).n) {
        hm_buf_byte(out, '{');
        hm_buf_str(out, codec_xml_ns(e));
        hm_buf_byte(out, '}');
    }
    if (codec_xml_has_attr(e, "a")) {
        hm_buf_c(out, "(a=");
        hm_buf_str(out, codec_xml_attr(e, "a"));
        hm_buf_byte(out, ')');
    }
    if (codec_xml_text(e).n) {
        hm_buf_byte(out, '=');
        hm_buf_str(out, codec_xml_text(e));
    }
    const codec_xml *c = codec_xml_first(e, NULL);
    if (!c)
        return;
    hm_buf_byte(out, '[');
    for (; c; c = codec_xml_next(c, NULL)) {
        say(out, c);
        if (codec_xml_next(c, NULL))
            hm_buf_byte(out, ' ');
    }
    hm_buf_byte(out, ']');
}

static const struct {
    const char *name;
    hm_str in, want;
} GOOD[] = {
    { "empty element", HM_STR("<x/>"), HM_STR("x") },
    { "text in pieces", HM_STR("<x> one <y>in<z>most</z>ner</y> two <![CDATA[ <three> ]]>&amp;&#x661f; </x>"),
      HM_STR("x=one  two  <three> &\xe6\x98\x9f[y=inner[z=most]]") },
    { "white space is no text", HM_STR("<x>\n <y> \t</y>\r\n</x>\n"), HM_STR("x[y]") },
    { "comments and instructions", HM_STR("<?p?><!-- a --><x>1<!-- b -->2<?q r?>3</x><!-- c -->"), HM_STR("x=123") },
    { "default namespace ends with its element", HM_STR("<x xmlns='u1'><y xmlns='u2'><z/></y><y xmlns=''/><y/></x>"),
      HM_STR("x{u1}[y{u2}[z{u2}] y y{u1}]") },
    { "prefixes", HM_STR("<p:x xmlns:p='u1' xmlns:q='u2'><q:y/><p:y xmlns:p='u3'><p:z/></p:y><p:y/><n:y/></p:x>"),
      HM_STR("x{u1}[y{u2} y{u3}[z{u3}] y{u1} y]") },
    { "a prefix bound twice at one place", HM_STR("<x xmlns:p='u1' xmlns='u0'><p:y/><z/></x>"),
      HM_STR("x{u0}[y{u1} z{u0}]") },
    { "attributes", HM_STR("<x b='0' a='1 &lt;\n2'><y p:a='3'/><y p:a='3' a='4'/><y a=''/></x>"),
      HM_STR("x(a=1 < 2)[y(a=3) y(a=4) y(a=)]") },
    { "odd colons are names", HM_STR("<x:><:y/><a:b:c xmlns:a='u'/></x:>"), HM_STR("x:[:y b:c{u}]") },
    { "byte order mark", HM_STR("\xef\xbb\xbf<?xml version='1.0' encoding='UTF-8'?><x/>"), HM_STR("x") },
    { "white space before the declaration", HM_STR("\n \n<?xml version='1.0'?>\n<x/>"), HM_STR("x") },
    { "DOCTYPE of elsewhere", HM_STR("<!DOCTYPE x PUBLIC '-//A//B' 'http://h.invalid/x.dtd'><x>&oslash;<y/>&amp;</x>"),
      HM_STR("x=&oslash;&[y]") },
    { "unknown entity", HM_STR("<x>a&eacute;b<y a='&nbsp;c'/></x>"), HM_STR("x=a&eacute;b[y(a=c)]") },
    { "UTF-16 little", HM_STR("\xff\xfe<\0x\0>\0\x1f\x66<\0/\0x\0>\0"), HM_STR("x=\xe6\x98\x9f") },
    { "UTF-16 big", HM_STR("\xfe\xff\0<\0x\0/\0>"), HM_STR("x") },
    { "Latin-1", HM_STR("<?xml version='1.0' encoding='iso-8859-1'?><x>caf\xe9</x>"), HM_STR("x=caf\xc3\xa9") },
    { "Latin-1 by another name", HM_STR("<?xml version='1.0' encoding='latin1'?><x>caf\xe9</x>"),
      HM_STR("x=caf\xc3\xa9") },
    { "Latin-9", HM_STR("<?xml version='1.0' encoding='ISO-8859-15'?><x>\xa4\xe9</x>"),
      HM_STR("x=\xe2\x82\xac\xc3\xa9") },
    { "windows-1252", HM_STR("<?xml version='1.0' encoding='Windows-1252'?><x>\x80\x93z\x81\xe9</x>"),
      HM_STR("x=\xe2\x82\xac\xe2\x80\x9cz\xef\xbf\xbd\xc3\xa9") },
    { "Shift_JIS: its ASCII", HM_STR("<?xml version='1.0' encoding='Shift_JIS'?><x a='\x83\x5c'>v\x90\xaf 1.2<y/></x>"),
      HM_STR("x(a=\xef\xbf\xbd\\)=v\xef\xbf\xbd\xef\xbf\xbd 1.2[y]") },
    { "windows-1251: its ASCII", HM_STR("<?xml version='1.0' encoding='windows-1251'?><x>1.0 \xe0</x>"),
      HM_STR("x=1.0 \xef\xbf\xbd") },
};

TEST(xml_reads_trees)
{
    for (size_t i = 0; i < HM_COUNT(GOOD); i++) {
        HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(BUDGET);
        CHECK("arena", a != NULL);
        TEST_BUF out = { 0 };
        const codec_xml *root = NULL;
        hm_err e = { 0 };
        CHECK_EQ(GOOD[i].name, codec_xml_read(a, GOOD[i].in, &root, &e), HM_OK);
        say(&out, root);
        CHECK(GOOD[i].name, !out.bad);
        CHECK_STR(GOOD[i].name, hm_buf_view(&out), GOOD[i].want);
    }
}

TEST(xml_accessors)
{
    HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(BUDGET);
    CHECK("arena", a != NULL);
    const codec_xml *root = NULL;
    hm_err e = { 0 };
    CHECK_EQ(
        "read",
        codec_xml_read(a, HM_STR("\n<?xml version='1.0'?>\n<x>\n <v>1</v><w/>\n <v\n>2</v><v>3</v></x>"), &root, &e),
        HM_OK);
    CHECK_STR("name", codec_xml_name(root), HM_STR("x"));
    CHECK_EQ("line", codec_xml_line(root), 3);
    CHECK_STR("first text", codec_xml_get_text(root, "v"), HM_STR("1"));
    CHECK_STR("no such", codec_xml_get_text(root, "u"), HM_NONE);
    const codec_xml *v = codec_xml_first(root, "v");
    CHECK_STR("any next", codec_xml_name(codec_xml_next(v, NULL)), HM_STR("w"));
    v = codec_xml_next(v, "v");
    CHECK_STR("second", codec_xml_text(v), HM_STR("2"));
    CHECK_EQ("its line", codec_xml_line(v), 5);
    v = codec_xml_next(v, "v");
    CHECK_STR("third", codec_xml_text(v), HM_STR("3"));
    CHECK("end", codec_xml_next(v, "v") == NULL && codec_xml_next(v, NULL) == NULL);
    CHECK("none", !codec_xml_first(NULL, NULL) && !codec_xml_next(NULL, "x") && !codec_xml_line(NULL));
    CHECK("none", !codec_xml_name(NULL).n && !codec_xml_ns(NULL).n && !codec_xml_text(NULL).n);
    CHECK("none", !codec_xml_attr(NULL, "x").n && !codec_xml_get_text(NULL, "x").n && !codec_xml_has_attr(root, "x"));
}

static const struct {
    const char *name;
    hm_str in;
    hm_rc want;
    hm_defect defect;
    uint64_t line;
    const char *at;
} BAD[] = {
    { "empty", HM_STR(""), HM_TRUNC, DEFECT_EMPTY, 1, "" },
    { "blank", HM_STR(" \n\n"), HM_TRUNC, DEFECT_EMPTY, 2, "" },
    { "only a mark", HM_STR("\xef\xbb\xbf"), HM_TRUNC, DEFECT_EMPTY, 1, "" },
    { "only a comment", HM_STR("<!-- x -->\n"), HM_TRUNC, DEFECT_TRUNCATED, 2, "" },
    { "open element", HM_STR("<x>\n<y>"), HM_TRUNC, DEFECT_TRUNCATED, 2, "" },
    { "open tag", HM_STR("<x>\n<y"), HM_TRUNC, DEFECT_TRUNCATED, 2, "" },
    { "open comment", HM_STR("<x>\n<!-- "), HM_TRUNC, DEFECT_TRUNCATED, 2, "" },
    { "open section", HM_STR("<x><![CDATA[ "), HM_TRUNC, DEFECT_TRUNCATED, 1, "" },
    { "crossed", HM_STR("\n\n<x>\n<y></x></y>"), HM_FORMAT, DEFECT_XML_SYNTAX, 4, "" },
    { "two roots", HM_STR("<x/>\n<y/>"), HM_FORMAT, DEFECT_XML_SYNTAX, 2, "" },
    { "text", HM_STR("no markup"), HM_FORMAT, DEFECT_XML_SYNTAX, 1, "" },
    { "attribute twice", HM_STR("<x a='1' a='2'/>"), HM_FORMAT, DEFECT_XML_SYNTAX, 1, "" },
    { "attribute without quotes", HM_STR("<x a=1/>"), HM_FORMAT, DEFECT_XML_SYNTAX, 1, "" },
    { "bare ampersand", HM_STR("<x>a & b</x>"), HM_FORMAT, DEFECT_XML_SYNTAX, 1, "" },
    { "NUL byte", HM_STR("<x>a\0b</x>"), HM_FORMAT, DEFECT_XML_SYNTAX, 1, "" },
    { "not UTF-8", HM_STR("<x>\ncaf\xe9 </x>"), HM_FORMAT, DEFECT_UTF8, 2, "" },
    { "entities", HM_STR("<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"), HM_FORMAT, DEFECT_XML_DOCTYPE, 1, "" },
    { "outer entity", HM_STR("<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>"), HM_FORMAT,
      DEFECT_XML_DOCTYPE, 1, "" },
    { "parameter entity", HM_STR("<!DOCTYPE x\n[<!ENTITY % a SYSTEM 'http://h.invalid/'> %a;]><x/>"), HM_FORMAT,
      DEFECT_XML_DOCTYPE, 2, "" },
    { "default attributes", HM_STR("<!DOCTYPE x SYSTEM 'y' [<!ATTLIST x a CDATA 'z'>]><x/>"), HM_FORMAT,
      DEFECT_XML_DOCTYPE, 1, "" },
    { "unknown encoding", HM_STR("<?xml version='1.0' encoding='ebcdic-cp-us'?><x/>"), HM_UNSUPPORTED,
      DEFECT_XML_ENCODING, 1, "ebcdic-cp-us" },
    { "half a character", HM_STR("\xff\xfe<\0x\0>\0\x1f"), HM_TRUNC, DEFECT_TRUNCATED, 1, "" },
};

TEST(xml_says_where_and_why)
{
    for (size_t i = 0; i < HM_COUNT(BAD); i++) {
        HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(BUDGET);
        CHECK("arena", a != NULL);
        const codec_xml *root = NULL;
        hm_err e = { 0 };
        CHECK_EQ(BAD[i].name, codec_xml_read(a, BAD[i].in, &root, &e), BAD[i].want);
        CHECK_EQ(BAD[i].name, e.rc, BAD[i].want);
        CHECK_STR(BAD[i].name, hm_str_c(hm_defect_name(e.defect)), hm_str_c(hm_defect_name(BAD[i].defect)));
        CHECK_EQ(BAD[i].name, e.place, BAD[i].line);
        CHECK_EQ(BAD[i].name, e.place_kind, HM_PLACE_LINE);
        CHECK_STR(BAD[i].name, hm_str_c(e.at), hm_str_c(BAD[i].at));
        CHECK(BAD[i].name, root == NULL);
        CHECK_EQ("without an error", codec_xml_read(a, BAD[i].in, &root, NULL), BAD[i].want);
    }
}

static void nested(hm_buf *b, size_t depth)
{
    for (size_t i = 0; i < depth; i++)
        hm_buf_c(b, "<x>\n");
    for (size_t i = 0; i < depth; i++)
        hm_buf_c(b, "</x>");
}

TEST(xml_depth_is_bounded)
{
    static const struct {
        size_t depth;
        hm_rc want;
    } CASES[] = { { CODEC_XML_DEPTH, HM_OK }, { CODEC_XML_DEPTH + 1, HM_LIMIT }, { 100000, HM_LIMIT } };
    for (size_t i = 0; i < HM_COUNT(CASES) - test_fault(); i++) {
        HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(BUDGET);
        TEST_BUF in = { 0 };
        const codec_xml *root = NULL;
        hm_err e = { 0 };
        nested(&in, CASES[i].depth);
        CHECK("made", a && !in.bad);
        CHECK_EQ("depth", codec_xml_read(a, hm_buf_view(&in), &root, &e), CASES[i].want);
        if (CASES[i].want == HM_OK)
            continue;
        CHECK_EQ("defect", e.defect, DEFECT_TOO_DEEP);
        CHECK_EQ("limit", e.arg[0], CODEC_XML_DEPTH);
        CHECK_EQ("line", e.place, CODEC_XML_DEPTH + 1);
    }
}

TEST(xml_ends_at_the_budget)
{
    static const struct {
        const char *name, *open, *piece, *close;
    } CASES[] = {
        { "elements", "<x>", "<y/>", "</x>" },
        { "text", "<x>", "many words", "</x>" },
        { "namespaces", "<x>", "<y xmlns:a='b'/>", "</x>" },
        { "pieces of text", "<x>", "a<y>b</y>", "</x>" },
    };
    for (size_t i = 0; i < HM_COUNT(CASES); i++) {
        HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new(96 << 10);
        TEST_BUF in = { 0 };
        const codec_xml *root = NULL;
        hm_err e = { 0 };
        hm_buf_c(&in, CASES[i].open);
        for (size_t k = 0; k < 10000; k++)
            hm_buf_c(&in, CASES[i].piece);
        hm_buf_c(&in, CASES[i].close);
        CHECK("made", a && !in.bad);
        CHECK_EQ(CASES[i].name, codec_xml_read(a, hm_buf_view(&in), &root, &e), HM_LIMIT);
        CHECK_EQ(CASES[i].name, e.defect, DEFECT_BUDGET);
    }
}

/* 1 MiB each of what could be quadratic: attributes of one element, bindings in scope, a long URI that every name
 * carries, distinct names, text in a million pieces. */
TEST(xml_cost_is_linear)
{
    enum { SIZE = 1 << 20 };
    if (test_fault())
        return;
    for (int kind = 0; kind < 5; kind++) {
        HM_AUTO(hm_arena_freep) hm_arena *a = hm_arena_new((size_t)256 << 20);
        TEST_BUF in = { 0 };
        hm_buf_c(&in, "<x");
        if (kind == 2) {
            hm_buf_c(&in, " xmlns='");
            while (in.n < SIZE / 2)
                hm_buf_byte(&in, 'u');
            hm_buf_c(&in, "' xmlns:p='");
            while (in.n < SIZE)
                hm_buf_byte(&in, 'v');
            hm_buf_c(&in, "'");
        }
        for (uint64_t i = 0; kind < 2 && in.n < SIZE; i++) {
            hm_buf_c(&in, kind ? " xmlns:n" : " n");
            hm_buf_u64(&in, i);
            hm_buf_c(&in, "=''");
        }
        hm_buf_c(&in, ">");
        for (uint64_t i = 0; kind && in.n < (size_t)2 * SIZE; i++) {
            hm_buf_c(&in, kind == 2 ? "<y p:a=''/>" : kind == 3 ? "<z" : kind == 4 ? "a<y/>" : "<n1:y/>");
            if (kind == 3) {
                hm_buf_u64(&in, i);
                hm_buf_c(&in, "/>");
            }
        }
        hm_buf_c(&in, "</x>");
        const codec_xml *root = NULL;
        hm_err e = { 0 };
        CHECK("made", a && !in.bad);
        CHECK_EQ("read", codec_xml_read(a, hm_buf_view(&in), &root, &e), HM_OK);
    }
}
