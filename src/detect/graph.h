#pragma once
/* graph - who asks for whom in one lock file, and what follows of it: edges, and the scope of each component by the way
 * on which the projects reach it. */
#include "detect/doc.h"

typedef struct detect_graph {
    detect_doc *doc; /* where edges go and memory comes from */
    hm_vec edges;
    bool unsure; /* projects that are not known ask for packages, too: what is not runtime is unknown */
} detect_graph;

void detect_graph_open(detect_graph *g, detect_doc *doc);
/* Scope UNKNOWN: the file does not say whether it is a dependency of runtime, development or an optional one. PART_NO on
 * either side and an edge to itself: nothing. */
void detect_graph_edge(detect_graph *g, uint32_t from, uint32_t to, part_scope scope);
/* Adds the edges to the document, each once with its strongest scope. With `scopes`: sets the scope of every component
 * that is no PART_F_SUBJECT; runtime if a subject reaches it by edges of runtime alone, else unknown if with edges of
 * unknown scope, else optional, else dev, unknown if none does. Failure is the document's. */
void detect_graph_close(detect_graph *g, bool scopes);
