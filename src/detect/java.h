#pragma once
/* java - what the file name and the manifest of a Java archive say. */
#include "detect/doc.h"

/* "commons-lang3-3.12.0-sources.jar"; slices of the name */
typedef struct detect_java_name {
    hm_str stem; /* without the ending */
    hm_str name, version, classifier;
    hm_str type;  /* ending: "war" */
    bool archive; /* the ending is one of a Java archive */
} detect_java_name;
detect_java_name detect_java_file_name(hm_str base);

/* Main section of META-INF/MANIFEST.MF, continuation lines joined; empty where absent. */
#define DETECT_JAVA_FIELDS(X)                                                                                          \
    X(title, "Implementation-Title")                                                                                   \
    X(version, "Implementation-Version")                                                                               \
    X(vendor, "Implementation-Vendor")                                                                                 \
    X(vendor_id, "Implementation-Vendor-Id")                                                                           \
    X(url, "Implementation-URL")                                                                                       \
    X(bundle, "Bundle-SymbolicName")                                                                                   \
    X(bundle_version, "Bundle-Version")                                                                                \
    X(bundle_vendor, "Bundle-Vendor")                                                                                  \
    X(bundle_licence, "Bundle-License")                                                                                \
    X(bundle_url, "Bundle-DocURL")                                                                                     \
    X(module, "Automatic-Module-Name")                                                                                 \
    X(created_by, "Created-By")                                                                                        \
    X(archiver, "Archiver-Version")                                                                                    \
    X(start_class, "Start-Class")                                                                                      \
    X(plugin_group, "Group-Id")                                                                                        \
    X(plugin_name, "Short-Name")                                                                                       \
    X(plugin_version, "Plugin-Version")                                                                                \
    X(nar_group, "Nar-Group")                                                                                          \
    X(nar_name, "Nar-Id")                                                                                              \
    X(nar_version, "Nar-Version")
typedef struct detect_java_manifest {
#define X(field, name) hm_str field;
    DETECT_JAVA_FIELDS(X)
#undef X
    hm_str entry_version; /* Implementation-Version of the first named section that has one */
} detect_java_manifest;
/* Lines that are no attributes are gaps of the document's file. */
void detect_java_read_manifest(detect_doc *d, hm_str bytes, detect_java_manifest *ret);
/* Group of a well-known artifact (java_group.tbl.h), by its name and one thing that its manifest says; empty: unknown. */
hm_str detect_java_group(const detect_java_manifest *m, hm_str name);
/* A name as artifacts bear it: letters, digits, '.', '_', '-'. */
bool detect_java_is_id(hm_str s);
/* First word of a version, if it begins with a digit ("1.4 1855 April 22 2006"). */
hm_str detect_java_version(hm_str s);

typedef struct detect_java_pom {
    hm_str group, artifact, version; /* empty: not stated, or a variable that was not replaced */
} detect_java_pom;
/* pom.properties (java.util.Properties) as Maven writes it into archives. */
detect_java_pom detect_java_properties(hm_str bytes);
