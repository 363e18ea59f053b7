package dev.neostream.ops.run;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.neostream.clean.rule.Profile;
import dev.neostream.ops.UserError;
import dev.neostream.ops.eval.TaskFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Something that says what a run is to be: a file, or one setting.
 *
 * @param place what errors call it
 * @param folder what its paths are relative to
 * @param tree what it says
 * @param lines where its fields stand, by pointer; empty if all stand in one place
 */
record SpecSource(String place, Path folder, JsonNode tree, Map<String, Integer> lines) {

  static final ObjectMapper YAML =
      YAMLMapper.builder(
              YAMLFactory.builder()
                  .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                  .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                  .enable(YAMLGenerator.Feature.LITERAL_BLOCK_STYLE)
                  .build())
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .build();

  private static final long MOST_BYTES = 1 << 20;

  private static final String INPUTS = "corpus.inputs";
  private static final String WATCH = "corpus.watch";

  /** Field of a topic that holds a path. */
  private static final String CLIENT = "client";

  /** Fields that hold paths. */
  private static final List<String> PATHS =
      List.of(
          INPUTS,
          WATCH,
          "clean.languageModel",
          "clean.blockLists",
          "clean.qualityModel",
          "tokenize.file");

  /**
   * Reads a file.
   *
   * @throws UserError if it cannot be read or is no YAML
   */
  static SpecSource file(Path file) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw UserError.usage(
            "a run's definition must have at most "
                + MOST_BYTES
                + " bytes: file="
                + file
                + ", bytes="
                + Files.size(file));
      }
      Path folder = file.toAbsolutePath().normalize().getParent();
      return text(Files.readString(file), file.toString(), folder);
    } catch (IOException e) {
      throw UserError.usage(
          "a run's definition must be a readable UTF-8 file: file="
              + file
              + "; `ops/neo init` writes one");
    }
  }

  /** Reads a text; one that says nothing says so. */
  static SpecSource text(String yaml, String place, Path folder) {
    try {
      JsonNode tree = YAML.readTree(yaml);
      return new SpecSource(
          place, folder, tree.isEmpty() ? YAML.createObjectNode() : tree, lines(yaml));
    } catch (JsonProcessingException e) {
      throw UserError.usage(
          place
              + ":"
              + (e.getLocation() == null ? "1" : e.getLocation().getLineNr())
              + ": it must be YAML: "
              + e.getOriginalMessage().lines().findFirst().orElse(""));
    } catch (IOException e) {
      throw new IllegalStateException("a text must be readable", e);
    }
  }

  /** Returns the line of each field and element. */
  private static Map<String, Integer> lines(String yaml) throws IOException {
    Map<String, Integer> lines = new HashMap<>();
    try (JsonParser in = YAML.getFactory().createParser(yaml)) {
      for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
        lines.putIfAbsent(
            in.getParsingContext().pathAsPointer().toString(),
            in.currentTokenLocation().getLineNr());
      }
    }
    return lines;
  }

  /** Reads a setting, {@code key=value}. */
  static SpecSource setting(String setting) {
    int end = setting.indexOf('=');
    String key = end < 0 ? "" : setting.substring(0, end);
    if (key.isBlank()) {
      throw UserError.usage("--set must be KEY=VALUE, such as train.ranks=4: given=" + setting);
    }
    try {
      JsonNode tree = YAML.readTree(setting.substring(end + 1));
      if (tree.isMissingNode()) {
        tree = TextNode.valueOf("");
      }
      String[] names = key.split("\\.");
      for (int i = names.length - 1; i >= 0; i--) {
        tree = YAML.createObjectNode().set(names[i], tree);
      }
      return new SpecSource("--set " + key, Path.of(""), tree, Map.of());
    } catch (JsonProcessingException e) {
      throw UserError.usage(
          "the value of --set must be YAML: given="
              + setting
              + ", problem="
              + e.getOriginalMessage().lines().findFirst().orElse(""));
    }
  }

  /** Returns where a field stands, or what it is part of; empty if it does not. */
  Optional<String> place(String key) {
    return placeAt("/" + key.replace("[", "/").replace("]", "").replace('.', '/'));
  }

  /** The same for a JSON pointer, whose names may have dots. */
  Optional<String> placeAt(String pointer) {
    if (lines.isEmpty()) {
      return tree.at(JsonPointer.compile(pointer)).isMissingNode()
          ? Optional.empty()
          : Optional.of(place);
    }
    for (String at = pointer; !at.isEmpty(); at = at.substring(0, at.lastIndexOf('/'))) {
      if (lines.containsKey(at)) {
        return Optional.of(place + ":" + lines.get(at));
      }
    }
    return Optional.empty();
  }

  /**
   * Returns what it says with what names stand for in their place, and absolute paths.
   *
   * @param without fields that are not the run's
   * @param begun whether inputs may be gone, since the run has begun
   * @param problems told of names and paths that are wrong
   */
  JsonNode expanded(List<String> without, boolean begun, Problems problems) {
    if (!(tree.deepCopy() instanceof ObjectNode expanded)) {
      return tree;
    }
    expanded.remove(without);
    if (expanded.path("model").isTextual()) {
      String name = expanded.get("model").textValue();
      try {
        expanded.set("model", YAML.valueToTree(RunSpec.Model.named(name)));
      } catch (IllegalArgumentException e) {
        expanded.remove("model");
        problems.add("model", e.getMessage());
      }
    }
    for (String path : PATHS) {
      JsonNode part = expanded.path(path.substring(0, path.indexOf('.')));
      String name = path.substring(path.indexOf('.') + 1);
      if (part instanceof ObjectNode fields && fields.has(name)) {
        boolean required = !begun || !path.equals(INPUTS);
        fields.set(name, resolved(path, fields.get(name), required, problems));
      }
    }
    JsonNode topics = expanded.path("corpus").path("topics");
    for (int i = 0; i < topics.size(); i++) {
      if (topics.get(i) instanceof ObjectNode topic && topic.has(CLIENT)) {
        String key = "corpus.topics[" + i + "]." + CLIENT;
        topic.set(CLIENT, resolved(key, topic.get(CLIENT), true, problems));
      }
    }
    if (expanded.path("eval") instanceof ObjectNode eval && eval.path("tasks").isArray()) {
      ArrayNode tasks = YAML.createArrayNode();
      eval.get("tasks").forEach(task -> tasks.add(task.isTextual() ? task(task.asText()) : task));
      eval.set("tasks", tasks);
    }
    if (expanded.path("clean") instanceof ObjectNode clean) {
      for (String name : List.of("profile", "shadow")) {
        if (clean.path(name).isTextual()) {
          clean.put(name, profile("clean." + name, clean.get(name).textValue(), problems));
        }
      }
    }
    return expanded;
  }

  private JsonNode resolved(String key, JsonNode given, boolean required, Problems problems) {
    if (given.isArray()) {
      ArrayNode all = YAML.createArrayNode();
      for (int i = 0; i < given.size(); i++) {
        all.add(resolved(key + "[" + i + "]", given.get(i), required, problems));
      }
      return all;
    }
    if (!given.isValueNode() || given.isNull() || given.asText().isEmpty()) {
      return given;
    }
    Path path = folder.resolve(given.asText()).toAbsolutePath().normalize();
    boolean watched = key.startsWith(WATCH);
    problems.unless(
        !required || Files.isReadable(path) && (!watched || Files.isDirectory(path)),
        List.of(key),
        key
            + (watched ? " must be a readable folder: " : " must be a readable file or folder: ")
            + key
            + "="
            + path);
    return TextNode.valueOf(path.toString());
  }

  /** Returns a task, as a file or one that comes with the program, {@code =DATA} behind it. */
  private TextNode task(String given) {
    int equals = given.indexOf('=');
    String named = equals < 0 ? given : given.substring(0, equals);
    String file = TaskFile.NAMES.contains(named) ? named : absolute(named);
    return TextNode.valueOf(equals < 0 ? file : file + "=" + absolute(given.substring(equals + 1)));
  }

  private String absolute(String path) {
    return folder.resolve(path).toAbsolutePath().normalize().toString();
  }

  /** Returns the text of a profile that is named, lies in a file, or is given as it is. */
  private String profile(String key, String given, Problems problems) {
    if (given.isEmpty() || given.contains("\n")) {
      return given;
    }
    if (Profile.NAMES.contains(given)) {
      return Profile.named(given).yaml();
    }
    Path file = folder.resolve(given);
    try {
      return Profile.parse(Files.readString(file), file.toString()).yaml();
    } catch (IllegalArgumentException e) {
      problems.add(key, key + ": " + e.getMessage());
    } catch (IOException e) {
      problems.add(
          key,
          key + " must be one of " + Profile.NAMES + " or a readable file: " + key + "=" + given);
    }
    return "";
  }
}
