/* completion - `hoshimori completion bash|zsh`: shell functions made from the table. Names in the table are our own and
 * hold no character that a shell would take for its own; only descriptions (zsh) are quoted. */
#include "cmd/cmd_int.h"

static void words_of(hm_buf *out, const char *values)
{
    for (; *values; values++)
        hm_buf_byte(out, *values == '|' ? ' ' : *values);
}

static void option_words(hm_buf *out, cmd_verb_id verb)
{
    for (unsigned i = 0; i < CMD_O_COUNT; i++) {
        const cmd_opt *o = cmd_opt_of((cmd_opt_id)i);
        if (o->verb != verb)
            continue;
        hm_buf_c(out, " --");
        hm_buf_c(out, o->name);
        hm_buf_c(out, o->kind == CMD_FLAG ? "" : "=");
    }
}

static void verb_words(hm_buf *out)
{
    for (unsigned i = CMD_V_ANY + 1; i < CMD_V_COUNT; i++) {
        hm_buf_c(out, i > CMD_V_ANY + 1 ? " " : "");
        hm_buf_c(out, cmd_verb_of((cmd_verb_id)i)->name);
    }
}

static void format_words(hm_buf *out)
{
    for (unsigned i = 0; i < CMD_F_COUNT; i++) {
        const cmd_format *f = cmd_format_of((cmd_format_id)i);
        hm_buf_c(out, i ? " " : "");
        hm_buf_c(out, f->name);
    }
}

void cmd_bash_text(hm_buf *out)
{
    hm_buf_c(out, "# bash completion for hoshimori; made by `hoshimori completion bash`\n"
                  "_hoshimori()\n"
                  "{\n"
                  "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} verb= i words\n"
                  "    COMPREPLY=()\n"
                  "    # bash cuts words at '=': --name=val arrives as three words\n"
                  "    if [[ $cur == = ]]; then\n"
                  "        cur=\n"
                  "    elif [[ $prev == = ]]; then\n"
                  "        prev=${COMP_WORDS[COMP_CWORD-2]}\n"
                  "        case ${COMP_WORDS[COMP_CWORD-3]-} in\n"
                  "        -o | --output | =)\n"
                  "            compopt -o filenames 2>/dev/null\n"
                  "            mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
                  "            return ;;\n"
                  "        esac\n"
                  "    fi\n"
                  "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                  "        case ${COMP_WORDS[i]} in\n"
                  "        ");
    for (unsigned i = CMD_V_ANY + 1; i < CMD_V_COUNT; i++) {
        hm_buf_c(out, i > CMD_V_ANY + 1 ? " | " : "");
        hm_buf_c(out, cmd_verb_of((cmd_verb_id)i)->name);
    }
    hm_buf_c(out, ")\n"
                  "            verb=${COMP_WORDS[i]}\n"
                  "            break ;;\n"
                  "        esac\n"
                  "    done\n"
                  "    case $prev in\n");
    for (unsigned i = 0; i < CMD_O_COUNT; i++) {
        const cmd_opt *o = cmd_opt_of((cmd_opt_id)i);
        if (o->kind == CMD_FLAG)
            continue;
        hm_buf_c(out, "    --");
        hm_buf_c(out, o->name);
        if (o->letter) {
            hm_buf_c(out, " | -");
            hm_buf_byte(out, o->letter);
        }
        hm_buf_c(out, ")\n        words='");
        if (i == CMD_O_OUTPUT)
            format_words(out);
        else if (o->kind == CMD_CHOICE)
            words_of(out, o->values);
        hm_buf_c(out, "'\n        COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n        return ;;\n");
    }
    hm_buf_c(out, "    esac\n"
                  "    case $verb in\n");
    for (unsigned i = CMD_V_ANY + 1; i < CMD_V_COUNT; i++) {
        hm_buf_c(out, "    ");
        hm_buf_c(out, cmd_verb_of((cmd_verb_id)i)->name);
        hm_buf_c(out, ") words='");
        option_words(out, (cmd_verb_id)i);
        hm_buf_c(out, "' ;;\n");
    }
    hm_buf_c(out, "    *) words= ;;\n"
                  "    esac\n"
                  "    words+='");
    option_words(out, CMD_V_ANY);
    hm_buf_c(out, "'\n"
                  "    if [[ $cur == -* ]]; then\n"
                  "        COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
                  "        [[ ${COMPREPLY[0]-} == *= ]] && compopt -o nospace 2>/dev/null\n"
                  "        return\n"
                  "    fi\n"
                  "    case $verb in\n"
                  "    '' | help) COMPREPLY=($(compgen -W '");
    verb_words(out);
    hm_buf_c(out, "' -- \"$cur\")) ;;\n"
                  "    completion) COMPREPLY=($(compgen -W '");
    words_of(out, cmd_verb_of(CMD_V_COMPLETION)->operands);
    hm_buf_c(out, "' -- \"$cur\")) ;;\n"
                  "    scan)\n"
                  "        compopt -o filenames 2>/dev/null\n"
                  "        mapfile -t COMPREPLY < <(compgen -d -- \"$cur\") ;;\n"
                  "    esac\n"
                  "}\n"
                  "complete -F _hoshimori hoshimori\n");
}

/* ---- zsh ------------------------------------------------------------------------------------------------------------- */

/* For the inside of a single-quoted _arguments spec: quotes, brackets, colons and backslashes are escaped, and a line end
 * becomes a blank. */
static void zsh_quote(hm_buf *out, const char *s)
{
    for (; *s; s++) {
        if (*s == '\'')
            hm_buf_c(out, "'\\''");
        else if (*s == '[' || *s == ']' || *s == ':' || *s == '\\') {
            hm_buf_byte(out, '\\');
            hm_buf_byte(out, *s);
        } else
            hm_buf_byte(out, *s == '\n' ? ' ' : *s);
    }
}

static void zsh_spec(hm_buf *out, text_lang lang, const cmd_opt *o, const char *dashes, const char *name, bool letter)
{
    hm_buf_c(out, "            '");
    hm_buf_c(out, o->repeat ? "*" : "");
    hm_buf_c(out, dashes);
    hm_buf_c(out, name);
    if (o->kind != CMD_FLAG)
        hm_buf_c(out, letter ? "+" : "=");
    hm_buf_c(out, "[");
    zsh_quote(out, text_get(lang, o->help));
    hm_buf_c(out, "]");
    if (o->kind != CMD_FLAG) {
        hm_buf_c(out, ":");
        zsh_quote(out, o->name);
        hm_buf_c(out, ":");
        if (o->kind == CMD_CHOICE || o == cmd_opt_of(CMD_O_OUTPUT)) {
            hm_buf_c(out, "(");
            if (o->kind == CMD_CHOICE)
                words_of(out, o->values);
            else
                format_words(out);
            hm_buf_c(out, ")");
        }
    }
    hm_buf_c(out, "' \\\n");
}

static void zsh_options(hm_buf *out, text_lang lang, cmd_verb_id verb)
{
    for (unsigned i = 0; i < CMD_O_COUNT; i++) {
        const cmd_opt *o = cmd_opt_of((cmd_opt_id)i);
        if (!cmd_opt_in(o, verb))
            continue;
        char letter[2] = { o->letter, '\0' };
        if (o->letter)
            zsh_spec(out, lang, o, "-", letter, true);
        zsh_spec(out, lang, o, "--", o->name, false);
    }
}

void cmd_zsh_text(hm_buf *out, text_lang lang)
{
    hm_buf_c(out, "#compdef hoshimori\n"
                  "# zsh completion for hoshimori; made by `hoshimori completion zsh`\n"
                  "_hoshimori()\n"
                  "{\n"
                  "    local -a verbs\n"
                  "    verbs=(\n");
    for (unsigned i = CMD_V_ANY + 1; i < CMD_V_COUNT; i++) {
        const cmd_verb *v = cmd_verb_of((cmd_verb_id)i);
        hm_buf_c(out, "        '");
        hm_buf_c(out, v->name);
        hm_buf_c(out, ":");
        zsh_quote(out, text_get(lang, v->help));
        hm_buf_c(out, "'\n");
    }
    hm_buf_c(out, "    )\n"
                  "    local i verb=\n"
                  "    for ((i = 2; i < CURRENT; i++)); do\n"
                  "        if (( ${verbs[(I)${words[i]}:*]} )); then\n"
                  "            verb=${words[i]}\n"
                  "            break\n"
                  "        fi\n"
                  "    done\n"
                  "    case $verb in\n");
    for (unsigned i = CMD_V_ANY; i < CMD_V_COUNT; i++) {
        const cmd_verb *v = cmd_verb_of((cmd_verb_id)i);
        hm_buf_c(out, "    '");
        hm_buf_c(out, v ? v->name : "");
        hm_buf_c(out, "')\n        _arguments -s \\\n");
        zsh_options(out, lang, (cmd_verb_id)i);
        hm_buf_c(out, v ? "            '1: :' " : "            '1: :{_describe command verbs}'\n");
        if (i == CMD_V_SCAN)
            hm_buf_c(out, "'2:target:_directories'\n");
        else if (i == CMD_V_HELP)
            hm_buf_c(out, "'2: :{_describe command verbs}'\n");
        else if (i == CMD_V_COMPLETION) {
            hm_buf_c(out, "'2:shell:(");
            words_of(out, v->operands);
            hm_buf_c(out, ")'\n");
        } else if (v)
            hm_buf_c(out, "\n");
        hm_buf_c(out, "        ;;\n");
    }
    hm_buf_c(out, "    esac\n"
                  "}\n"
                  "_hoshimori \"$@\"\n");
}
