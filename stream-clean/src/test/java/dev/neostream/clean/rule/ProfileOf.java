package dev.neostream.clean.rule;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes profiles of rules that no YAML names. */
public final class ProfileOf {

  private ProfileOf() {}

  public static Profile rules(String kind, Rule... rules) {
    return new Profile("", "test-1", "", new LinkedHashMap<>(Map.of(kind, List.of(rules))));
  }
}
