package dev.neostream.ops.fuzz;

import dev.neostream.clean.rule.Profile;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Profiles: read, or refused with a message, never anything else. */
public final class ProfileTarget {

  private ProfileTarget() {}

  static List<byte[]> seeds() {
    return List.of(
        "version: b\ndescription: d\nother_languages: en\nkinds:\n  en:\n    rules:\n      c4.lines: apply\n"
            .getBytes(StandardCharsets.UTF_8),
        "version: a\nkinds: {en: {rules: &a {gopher.word_count: {min: 1}}}, zh: {rules: *a}}\n"
            .getBytes(StandardCharsets.UTF_8));
  }

  /** Loads what the first input would be charged for. */
  public static void fuzzerInitialize() {
    for (byte[] seed : seeds()) {
      fuzzerTestOneInput(seed);
    }
  }

  public static void fuzzerTestOneInput(byte[] input) {
    try {
      Profile.parse(new String(input, StandardCharsets.UTF_8), "fuzz");
    } catch (IllegalArgumentException e) {
      // The documented refusal.
      return;
    }
  }
}
