package dev.neostream.ops.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.neostream.clean.rule.Profile;
import dev.neostream.ops.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Profiles as users name them. */
final class ProfileOption {

  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

  private ProfileOption() {}

  /**
   * Returns the profile of a name or file.
   *
   * @throws UserError if there is none, or it is wrong
   */
  static Profile resolve(String nameOrFile) {
    try {
      if (Profile.NAMES.contains(nameOrFile)) {
        return Profile.named(nameOrFile);
      }
      Path file = Path.of(nameOrFile);
      if (!Files.isRegularFile(file)) {
        throw UserError.usage(
            "a profile must be one of "
                + String.join(", ", Profile.NAMES)
                + " or a file: profile="
                + nameOrFile);
      }
      return Profile.parse(Files.readString(file), nameOrFile);
    } catch (IllegalArgumentException e) {
      throw UserError.usage(e.getMessage());
    } catch (IOException e) {
      throw UserError.usage(
          "a profile must be a readable file of UTF-8 text: file="
              + nameOrFile
              + "; `ops/neo profile show recommended` prints one");
    }
  }

  /**
   * Returns the profile with other thresholds.
   *
   * @param thresholds {@code <kind>.<rule>.<end>} to value, such as {@code
   *     en.gopher.word_count.min=30}
   */
  static Profile with(Profile profile, Map<String, Double> thresholds) {
    try {
      JsonNode yaml = YAML.readTree(profile.yaml());
      ((ObjectNode) yaml).put("version", profile.version() + "-changed");
      for (var threshold : thresholds.entrySet()) {
        String name = threshold.getKey();
        int kindEnd = name.indexOf('.');
        int ruleEnd = name.lastIndexOf('.');
        if (kindEnd < 1 || ruleEnd <= kindEnd) {
          throw UserError.usage(
              "a threshold must be KIND.RULE.END=VALUE, such as en.gopher.word_count.min=30:"
                  + " given="
                  + name);
        }
        String kind = name.substring(0, kindEnd);
        String rule = name.substring(kindEnd + 1, ruleEnd);
        JsonNode rules = yaml.path("kinds").path(kind).path("rules");
        if (!rules.isObject()) {
          throw UserError.usage(
              "the profile must have rules for the kind: kind="
                  + kind
                  + ", kinds="
                  + profile.kinds()
                  + ", given="
                  + name);
        }
        // A rule the profile does not have is added at the end; a misspelt one is refused below.
        JsonNode range = rules.path(rule);
        ObjectNode ends =
            range.isObject() ? (ObjectNode) range : ((ObjectNode) rules).putObject(rule);
        ends.put(name.substring(ruleEnd + 1), threshold.getValue());
      }
      return Profile.parse(YAML.writeValueAsString(yaml), "--try");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a parsed profile must be YAML", e);
    } catch (IllegalArgumentException e) {
      throw UserError.usage(e.getMessage());
    }
  }
}
