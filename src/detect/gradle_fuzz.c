/* Any bytes as each of Gradle's files, as a lock of sbt, as the release file of a Java runtime. */
#include "detect/lang_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_text(detect_gradle_lock, "srv/gradle.lockfile", data, size);
    fuzz_text(detect_gradle_lock, "srv/dependency-locks/x.lockfile", data, size);
    fuzz_text(detect_gradle_verification, "gradle/verification-metadata.xml", data, size);
    fuzz_text(detect_gradle_catalog, "gradle/libs.versions.toml", data, size);
    fuzz_text(detect_sbt_lock, "build.sbt.lock", data, size);
    fuzz_text(detect_java_release, "opt/jdk/release", data, size);
    return 0;
}
