package dev.neostream.ops.run;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.neostream.clean.rule.Profile;
import dev.neostream.ops.UserError;
import dev.neostream.trainer.model.ModelConfig;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;

/**
 * A {@link RunSpec} as YAML. A file need only say what differs from a preset, whose names and kinds
 * of value are also what a file may say:
 *
 * <pre>
 *   preset: small
 *   steps: 5000
 *   corpus: {inputs: [crawl/]}
 *   clean: {profile: recommended}
 *   mixture: {rows: 16}
 *   model: 30M
 *   train: {ranks: 4}
 * </pre>
 *
 * <p>{@code steps} is the length of the preset's phases; {@code mixture.phases} replaces them.
 * Paths are relative to the file. {@code model} may be a name of {@link ModelConfig#NAMES}, a
 * profile the name of a bundled one or a file.
 */
public final class SpecFile {

  private static final ObjectMapper YAML =
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

  /** Field of a file that names what holds where the file says nothing. */
  private static final String PRESET = "preset";

  /** Field of a file for the length of the preset's phases, in place of phases of one's own. */
  private static final String STEPS = "steps";

  private static final Map<String, Function<Long, RunSpec>> PRESETS =
      Map.of("demo", RunSpec::demo, "small", steps -> RunSpec.small(List.of(), steps));

  /** Fields whose names the user chooses. */
  private static final Set<String> OPEN = Set.of("weights", "heldOutEveryOf");

  /** Fields that hold paths. */
  private static final Set<String> PATHS =
      Set.of(
          "corpus.inputs",
          "corpus.watch",
          "clean.languageModel",
          "clean.blockLists",
          "clean.qualityModel",
          "tokenize.file");

  /** What an element of a list is filled up from: the preset's own say nothing about another. */
  private static final Map<String, JsonNode> ELEMENTS =
      Map.of(
          "corpus.inputs",
          TextNode.valueOf(""),
          "corpus.watch",
          TextNode.valueOf(""),
          "clean.blockCategories",
          TextNode.valueOf(""),
          "clean.allowCategories",
          TextNode.valueOf(""),
          "clean.domains",
          JsonNodeFactory.instance
              .objectNode()
              .put("domain", "")
              .put("source", "")
              .put("url", "")
              .put("language", "")
              .put("field", "")
              .put("value", ""),
          "mixture.phases",
          JsonNodeFactory.instance
              .objectNode()
              .put("name", "")
              .put("steps", 0)
              .<ObjectNode>set("weights", JsonNodeFactory.instance.objectNode())
              .set(
                  "learningRate",
                  JsonNodeFactory.instance
                      .objectNode()
                      .put("kind", "COSINE")
                      .put("peak", 0.0)
                      .put("floor", 0.0)
                      .put("warmupSteps", 0)
                      .put("halfLifeSteps", 0.0)));

  /** A name that differs in more letters was hardly meant. */
  private static final int FURTHEST = 3;

  /**
   * Something that says what a run is to be.
   *
   * @param place what errors call it
   * @param folder what its paths are relative to
   * @param lines where its fields stand, by pointer; empty if all stand in one place
   */
  private record Source(String place, Path folder, JsonNode tree, Map<String, Integer> lines) {

    /** Returns where a field stands, or what it is part of; empty if it does not. */
    Optional<String> place(String key) {
      String pointer = "/" + key.replace("[", "/").replace("]", "").replace('.', '/');
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
  }

  private final Problems problems = new Problems();
  private final List<Source> sources = new ArrayList<>();

  private SpecFile() {}

  /** Returns the YAML that {@link #read} reads, every field named. */
  public static String write(RunSpec spec) {
    try {
      return YAML.writeValueAsString(spec);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a run must have a YAML form", e);
    }
  }

  /**
   * Returns the run that is asked for.
   *
   * @param file a definition; empty for none but the preset {@code small}
   * @param settings {@code key=value}, each over what came before: {@code train.rows=16}
   * @throws UserError naming everything that is wrong, and where
   */
  public static RunSpec read(Optional<Path> file, List<String> settings) {
    var reading = new SpecFile();
    file.ifPresent(reading::addFile);
    settings.forEach(reading::addSetting);
    return reading.spec();
  }

  /**
   * Returns the run that a text defines.
   *
   * @param yaml text of a file
   * @param place what errors call it
   * @param preset what holds where the text says nothing
   * @throws UserError naming everything that is wrong
   */
  static RunSpec read(String yaml, String place, RunSpec preset) {
    var reading = new SpecFile();
    reading.addText(yaml, place, Path.of(""));
    return reading.spec(preset);
  }

  /**
   * Returns the run that {@link #write} wrote.
   *
   * @param place what errors call it
   */
  static RunSpec readWhole(String yaml, String place) {
    try {
      return YAML.readValue(yaml, RunSpec.class);
    } catch (JsonProcessingException e) {
      throw new UserError(
          "file must be what the run wrote: file=" + place + ", problem=" + e.getOriginalMessage(),
          e);
    }
  }

  /**
   * Returns what one run is otherwise than another: key to both values, each short enough for a
   * message.
   */
  public static Map<String, List<String>> differences(RunSpec one, RunSpec other) {
    Map<String, List<String>> found = new LinkedHashMap<>();
    compare("", YAML.valueToTree(one), YAML.valueToTree(other), found);
    return found;
  }

  private static void compare(
      String path, JsonNode one, JsonNode other, Map<String, List<String>> found) {
    if (one.isObject() && other.isObject()) {
      one.properties()
          .forEach(
              field ->
                  compare(
                      path.isEmpty() ? field.getKey() : path + "." + field.getKey(),
                      field.getValue(),
                      other.path(field.getKey()),
                      found));
    } else if (!one.equals(other)) {
      found.put(path, List.of(brief(one), brief(other)));
    }
  }

  private static String brief(JsonNode value) {
    String text = value.isTextual() ? value.textValue() : value.toString();
    String line = text.lines().findFirst().orElse("");
    return line.length() < text.length() ? line + " ..." : line;
  }

  private void addFile(Path file) {
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
      addText(Files.readString(file), file.toString(), folder);
    } catch (IOException e) {
      throw UserError.usage(
          "a run's definition must be a readable UTF-8 file: file="
              + file
              + "; `ops/neo init` writes one");
    }
  }

  private void addText(String yaml, String place, Path folder) {
    try {
      JsonNode tree = YAML.readTree(yaml);
      if (!tree.isEmpty()) {
        sources.add(new Source(place, folder, tree, lines(yaml)));
      }
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

  private void addSetting(String setting) {
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
      sources.add(new Source("--set " + key, Path.of(""), tree, Map.of()));
    } catch (JsonProcessingException e) {
      throw UserError.usage(
          "the value of --set must be YAML: given="
              + setting
              + ", problem="
              + e.getOriginalMessage().lines().findFirst().orElse(""));
    }
  }

  private RunSpec spec() {
    JsonNode name = TextNode.valueOf("small");
    JsonNode steps = LongNode.valueOf(RunSpec.DEFAULT_STEPS);
    boolean phases = false;
    boolean length = false;
    for (Source source : sources) {
      name = source.tree.has(PRESET) ? source.tree.get(PRESET) : name;
      steps = source.tree.has(STEPS) ? source.tree.get(STEPS) : steps;
      length |= source.tree.has(STEPS);
      phases |= source.tree.path("mixture").has("phases");
    }
    problems.unless(
        PRESETS.containsKey(name.asText()),
        List.of(PRESET),
        "preset must be one of "
            + PRESETS.keySet().stream().sorted().toList()
            + ": preset="
            + name.asText());
    problems.unless(
        steps.isIntegralNumber() && steps.canConvertToLong() && steps.longValue() >= 2,
        List.of(STEPS),
        "steps must be a whole number of at least 2: steps=" + steps.asText());
    problems.unless(
        !(phases && length),
        List.of(STEPS),
        "only one of steps and mixture.phases may be given: steps=" + steps.asText());
    if (!problems.found().isEmpty()) {
      throw refusal();
    }
    return spec(PRESETS.get(name.asText()).apply(steps.longValue()));
  }

  private RunSpec spec(RunSpec preset) {
    JsonNode merged = YAML.valueToTree(preset);
    for (Source source : sources) {
      merged = merge("", merged, expanded(source));
    }
    RunSpec spec = record(merged);
    if (!problems.found().isEmpty()) {
      throw refusal();
    }
    return spec;
  }

  private UserError refusal() {
    return UserError.usage(
        problems.found().stream()
            .map(problem -> place(problem.keys()) + problem.text())
            .distinct()
            .collect(Collectors.joining("\n  ")));
  }

  /** Returns where the first of the keys stands that was given, latest source first. */
  private String place(List<String> keys) {
    for (String key : keys) {
      for (int i = sources.size() - 1; i >= 0; i--) {
        Optional<String> place = sources.get(i).place(key);
        if (place.isPresent()) {
          return place.get() + ": ";
        }
      }
    }
    return "";
  }

  /** Returns a source's tree with names in place of what they stand for, and absolute paths. */
  private JsonNode expanded(Source source) {
    if (!(source.tree.deepCopy() instanceof ObjectNode tree)) {
      return source.tree;
    }
    tree.remove(List.of(PRESET, STEPS));
    if (tree.path("model").isTextual()) {
      String name = tree.get("model").textValue();
      try {
        tree.set("model", YAML.valueToTree(RunSpec.Model.named(name)));
      } catch (IllegalArgumentException e) {
        tree.remove("model");
        problems.add("model", e.getMessage());
      }
    }
    for (String path : PATHS) {
      JsonNode part = tree.path(path.substring(0, path.indexOf('.')));
      String name = path.substring(path.indexOf('.') + 1);
      if (part instanceof ObjectNode fields && fields.has(name)) {
        fields.set(name, resolved(path, fields.get(name), source.folder));
      }
    }
    if (tree.path("clean") instanceof ObjectNode clean) {
      for (String name : List.of("profile", "shadow")) {
        if (clean.path(name).isTextual()) {
          clean.put(name, profile("clean." + name, clean.get(name).textValue(), source.folder));
        }
      }
    }
    return tree;
  }

  private JsonNode resolved(String key, JsonNode given, Path folder) {
    if (given.isArray()) {
      ArrayNode all = YAML.createArrayNode();
      for (int i = 0; i < given.size(); i++) {
        all.add(resolved(key + "[" + i + "]", given.get(i), folder));
      }
      return all;
    }
    if (!given.isValueNode() || given.isNull() || given.asText().isEmpty()) {
      return given;
    }
    Path path = folder.resolve(given.asText()).toAbsolutePath().normalize();
    problems.unless(
        Files.isReadable(path),
        List.of(key),
        key + " must be a readable file or folder: " + key + "=" + path);
    return TextNode.valueOf(path.toString());
  }

  /** Returns the text of a profile that is named, lies in a file, or is given as it is. */
  private String profile(String key, String given, Path folder) {
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

  /** Returns what was given, and the standard for the rest. */
  private JsonNode merge(String path, JsonNode standard, JsonNode given) {
    if (standard.isObject() && given.isObject()) {
      return mergeObjects(path, (ObjectNode) standard, given);
    }
    if (standard.isArray() && given.isArray()) {
      return mergeArrays(path, (ArrayNode) standard, given);
    }
    boolean fits =
        standard.isIntegralNumber()
            ? given.isIntegralNumber()
            : standard.isNumber()
                ? given.isNumber()
                : standard.isTextual()
                    ? given.isValueNode() && !given.isNull()
                    : standard.getNodeType() == given.getNodeType();
    if (!fits) {
      String key = path.isEmpty() ? "a run" : path;
      problems.add(path, key + " must be " + kind(standard) + ": " + key + "=" + given);
      return standard;
    }
    return given;
  }

  private JsonNode mergeObjects(String path, ObjectNode standard, JsonNode given) {
    ObjectNode merged = standard.deepCopy();
    boolean open = OPEN.contains(path.substring(path.lastIndexOf('.') + 1));
    if (open) {
      merged.removeAll();
    }
    for (Map.Entry<String, JsonNode> field : given.properties()) {
      String name = field.getKey();
      String below = path.isEmpty() ? name : path + "." + name;
      if (open) {
        merged.set(name, field.getValue());
      } else if (standard.has(name)) {
        merged.set(name, merge(below, standard.get(name), field.getValue()));
      } else {
        problems.add(
            below, "unknown name: " + below + "=" + field.getValue() + near(name, names(standard)));
      }
    }
    return merged;
  }

  /** A list replaces the standard's. */
  private JsonNode mergeArrays(String path, ArrayNode standard, JsonNode given) {
    JsonNode element = ELEMENTS.getOrDefault(path, standard.path(0));
    if (element.isMissingNode()) {
      return given;
    }
    ArrayNode merged = YAML.createArrayNode();
    for (int i = 0; i < given.size(); i++) {
      merged.add(merge(path + "[" + i + "]", element, given.get(i)));
    }
    return merged;
  }

  private static String kind(JsonNode standard) {
    return switch (standard.getNodeType()) {
      case NUMBER -> standard.isIntegralNumber() ? "a whole number" : "a number";
      case BOOLEAN -> "true or false";
      case ARRAY -> "a list";
      case OBJECT -> "a map of " + names(standard);
      default -> "a text";
    };
  }

  private static List<String> names(JsonNode object) {
    return object.properties().stream().map(Map.Entry::getKey).toList();
  }

  private static String near(String given, List<String> valid) {
    var distance = LevenshteinDistance.getDefaultInstance();
    List<String> near = new ArrayList<>(valid);
    near.removeIf(name -> distance.apply(given, name) > FURTHEST);
    return near.stream()
        .min((a, b) -> distance.apply(given, a) - distance.apply(given, b))
        .map(name -> "; did you mean " + name + "?")
        .orElse("; there are " + valid);
  }

  /** Checks the parts one by one, so that the faults of all are found, then the whole. */
  private RunSpec record(JsonNode merged) {
    for (RecordComponent part : RunSpec.class.getRecordComponents()) {
      value(part.getName(), merged.get(part.getName()), part.getType());
    }
    return problems.found().isEmpty() ? value("", merged, RunSpec.class) : null;
  }

  private <T> T value(String path, JsonNode json, Class<T> type) {
    try {
      return YAML.treeToValue(json, type);
    } catch (JsonProcessingException e) {
      String key = path + (e instanceof JsonMappingException at ? below(at) : "");
      if (e.getCause() instanceof Problems.Found several) {
        problems.addAll(several.problems());
      } else if (e.getCause() instanceof IllegalArgumentException ours) {
        problems.add(key, key + ": " + ours.getMessage());
      } else if (e instanceof InvalidFormatException format) {
        Object[] constants = format.getTargetType().getEnumConstants();
        String valid =
            constants == null
                ? "a " + format.getTargetType().getSimpleName()
                : "one of " + Arrays.toString(constants);
        problems.add(key, key + " must be " + valid + ": " + key + "=" + format.getValue());
      } else {
        problems.add(key, key + ": " + e.getOriginalMessage());
      }
    }
    return null;
  }

  private static String below(JsonMappingException problem) {
    return problem.getPath().stream()
        .map(at -> at.getFieldName() == null ? "[" + at.getIndex() + "]" : "." + at.getFieldName())
        .collect(Collectors.joining());
  }
}
