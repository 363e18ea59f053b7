package dev.neostream.ops.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.neostream.ops.UserError;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;

/**
 * A {@link RunSpec} as YAML. A file need only say what differs from a preset, whose names and kinds
 * of value are also what a file may say:
 *
 * <pre>
 *   corpus: {inputs: [/data/crawl]}
 *   mixture: {rows: 16}
 *   train: {ranks: 4}
 * </pre>
 */
final class SpecFile {

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

  /** Fields whose names the user chooses. */
  private static final Set<String> OPEN = Set.of("weights");

  /** A name that differs in more letters was hardly meant. */
  private static final int FURTHEST = 3;

  private final Problems problems = new Problems();

  private SpecFile() {}

  /** Returns the YAML that {@link #read} reads, every field named. */
  static String write(RunSpec spec) {
    try {
      return YAML.writeValueAsString(spec);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a run must have a YAML form", e);
    }
  }

  /**
   * Returns the run that a file defines.
   *
   * @param yaml text of the file
   * @param place what errors call it
   * @param preset what holds where the file says nothing
   * @throws UserError naming everything that is wrong
   */
  static RunSpec read(String yaml, String place, RunSpec preset) {
    var file = new SpecFile();
    try {
      JsonNode given = YAML.readTree(yaml);
      JsonNode standard = YAML.valueToTree(preset);
      RunSpec spec = file.spec(given.isEmpty() ? standard : file.merge("", standard, given));
      if (!file.problems.any()) {
        return spec;
      }
    } catch (JsonProcessingException e) {
      file.problems.add(
          "it must be YAML: line="
              + (e.getLocation() == null ? "?" : e.getLocation().getLineNr())
              + ", problem="
              + e.getOriginalMessage().lines().findFirst().orElse(""));
    }
    throw UserError.usage("the run's definition has errors: file=" + place + ": " + file.problems);
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

  /** Returns what was given, and the standard for the rest. */
  private JsonNode merge(String path, JsonNode standard, JsonNode given) {
    if (standard.isObject() && given.isObject()) {
      return mergeObjects(path, (ObjectNode) standard, given);
    }
    if (standard.isArray() && given.isArray()) {
      return mergeArrays(path, (ArrayNode) standard, given);
    }
    String kind = kind(standard);
    boolean fits =
        standard.isIntegralNumber()
            ? given.isIntegralNumber()
            : standard.isNumber()
                ? given.isNumber()
                : standard.isTextual()
                    ? given.isValueNode() && !given.isNull()
                    : standard.getNodeType() == given.getNodeType();
    if (!fits) {
      problems.add(path + " must be " + kind + ": " + path + "=" + given);
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
        problems.add(unknown(below, name, standard));
      }
    }
    return merged;
  }

  /** A list replaces the standard's; its elements are made like the standard's first. */
  private JsonNode mergeArrays(String path, ArrayNode standard, JsonNode given) {
    if (standard.isEmpty()) {
      return given;
    }
    ArrayNode merged = YAML.createArrayNode();
    for (int i = 0; i < given.size(); i++) {
      merged.add(merge(path + "[" + i + "]", standard.get(0), given.get(i)));
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

  private static String unknown(String path, String name, JsonNode standard) {
    return "unknown name: " + path + suggestion(name, names(standard));
  }

  private static String suggestion(String given, List<String> valid) {
    var distance = LevenshteinDistance.getDefaultInstance();
    List<String> near = new ArrayList<>(valid);
    near.removeIf(name -> distance.apply(given, name) > FURTHEST);
    return near.stream()
        .min((a, b) -> distance.apply(given, a) - distance.apply(given, b))
        .map(name -> "; did you mean " + name + "?")
        .orElse("; there are " + valid);
  }

  /** Checks the parts one by one, so that the faults of all are found, then the whole. */
  private RunSpec spec(JsonNode merged) {
    for (RecordComponent part : RunSpec.class.getRecordComponents()) {
      value(part.getName(), merged.get(part.getName()), part.getType());
    }
    return problems.any() ? null : value("", merged, RunSpec.class);
  }

  private <T> T value(String path, JsonNode json, Class<T> type) {
    try {
      return YAML.treeToValue(json, type);
    } catch (InvalidFormatException e) {
      String place =
          e.getPath().stream()
              .map(
                  at ->
                      at.getFieldName() == null
                          ? "[" + at.getIndex() + "]"
                          : "." + at.getFieldName())
              .collect(Collectors.joining("", path, ""));
      Object[] constants = e.getTargetType().getEnumConstants();
      String valid =
          constants == null
              ? "a " + e.getTargetType().getSimpleName()
              : "one of " + Arrays.toString(constants);
      problems.add(place + " must be " + valid + ": " + place + "=" + e.getValue());
    } catch (JsonProcessingException e) {
      boolean ours = e.getCause() instanceof IllegalArgumentException;
      problems.add(ours ? e.getCause().getMessage() : path + ": " + e.getOriginalMessage());
    }
    return null;
  }
}
