package dev.neostream.ops.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.neostream.ops.Nearest;
import dev.neostream.ops.UserError;
import dev.neostream.tokens.mixture.MixturePlan;
import dev.neostream.trainer.model.ModelConfig;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A {@link RunSpec} as SpecSource.YAML. A file need only say what differs from a preset, whose
 * names and kinds of value are also what a file may say:
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
 * <p>{@code steps} is the length of the preset's phases, and {@code tokens: 2.5B} says it in
 * tokens; {@code mixture.phases} replaces them, whose lengths may be tokens too ({@link
 * PhaseLengths}). Paths are relative to the file. {@code model} may be a name of {@link
 * ModelConfig#NAMES}, a profile the name of a bundled one or a file.
 */
public final class SpecFile {

  /** Field of a file that names what holds where the file says nothing. */
  private static final String PRESET = "preset";

  /** Field of a file for the length of the preset's phases, in place of phases of one's own. */
  private static final String STEPS = "steps";

  /** The same in tokens, to the nearest step. */
  private static final String TOKENS = "tokens";

  private static final Map<String, Function<Long, RunSpec>> PRESETS =
      Map.of("demo", RunSpec::demo, "small", steps -> RunSpec.small(List.of(), steps));

  /** Fields whose names the user chooses. */
  private static final Set<String> OPEN = Set.of("weights", "heldOutEveryOf");

  /** Key of the plan. */
  static final String PHASES = "mixture.phases";

  private final Problems problems = new Problems();
  private final List<SpecSource> sources = new ArrayList<>();

  private boolean begun;

  private SpecFile() {}

  /** Returns the YAML that {@link #read} reads, every field named. */
  public static String write(RunSpec spec) {
    try {
      return SpecSource.YAML.writeValueAsString(spec);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a run must have a YAML form", e);
    }
  }

  /**
   * Returns the run that is asked for.
   *
   * @param file a definition; empty for none but the preset {@code small}
   * @param settings {@code key=value}, each over what came before: {@code train.rows=16}
   * @param begun whether the run has begun: what it has read to its end may be gone since
   * @throws UserError naming everything that is wrong, and where
   */
  public static RunSpec read(Optional<Path> file, List<String> settings, boolean begun) {
    var reading = new SpecFile();
    reading.begun = begun;
    file.map(SpecSource::file).ifPresent(reading.sources::add);
    settings.stream().map(SpecSource::setting).forEach(reading.sources::add);
    return reading.spec();
  }

  /**
   * Returns the plan of a file that says {@code mixture.phases} as a run's definition does.
   *
   * @param run what the file is about: its domains are those that the plan may name
   * @throws UserError naming everything that is wrong, and where
   */
  public static MixturePlan readPlan(Path file, RunSpec run) {
    var reading = new SpecFile();
    reading.begun = true;
    reading.sources.add(SpecSource.file(file));
    RunSpec changed = reading.spec(run);
    var others = new TreeSet<>(differences(run, changed).keySet());
    others.remove(PHASES);
    if (!others.isEmpty()) {
      throw UserError.usage(
          "a plan's file must change " + PHASES + " alone: file=" + file + ", also=" + others);
    }
    return new MixturePlan(changed.mixture().phases());
  }

  /** Returns the YAML that {@link #readPlan} reads. */
  public static String writePlan(MixturePlan plan) {
    try {
      return SpecSource.YAML.writeValueAsString(Map.of("mixture", Map.of("phases", plan.phases())));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a plan must have a YAML form", e);
    }
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
    reading.sources.add(SpecSource.text(yaml, place, Path.of("")));
    return reading.spec(preset);
  }

  /**
   * Returns the run that {@link #write} wrote.
   *
   * @param place what errors call it
   */
  static RunSpec readWhole(String yaml, String place) {
    try {
      return SpecSource.YAML.readValue(yaml, RunSpec.class);
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
    compare("", SpecSource.YAML.valueToTree(one), SpecSource.YAML.valueToTree(other), found);
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

  private RunSpec spec() {
    JsonNode name = TextNode.valueOf("small");
    JsonNode steps = LongNode.valueOf(RunSpec.DEFAULT_STEPS);
    JsonNode tokens = TextNode.valueOf("");
    boolean phases = false;
    boolean length = false;
    for (SpecSource source : sources) {
      name = source.tree().has(PRESET) ? source.tree().get(PRESET) : name;
      steps = source.tree().has(STEPS) ? source.tree().get(STEPS) : steps;
      tokens = source.tree().has(TOKENS) ? source.tree().get(TOKENS) : tokens;
      length |= source.tree().has(STEPS);
      phases |= source.tree().path("mixture").has("phases");
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
    boolean inTokens = !tokens.asText().isEmpty();
    problems.unless(
        !(inTokens && (phases || length)),
        List.of(TOKENS),
        "only one of steps, tokens and mixture.phases may be given: tokens=" + tokens.asText());
    if (!problems.found().isEmpty()) {
      throw refusal();
    }
    Function<Long, RunSpec> preset = PRESETS.get(name.asText());
    return spec(
        preset.apply(
            inTokens
                ? stepsOf(tokens.asText(), preset.apply(RunSpec.DEFAULT_STEPS))
                : steps.longValue()));
  }

  /** Returns the steps that take so many tokens, where nothing but their number differs. */
  private long stepsOf(String tokens, RunSpec preset) {
    try {
      long steps = StepCount.steps(StepCount.tokens(tokens), spec(preset).tokensAStep());
      problems.unless(
          steps >= 2,
          List.of(TOKENS),
          "tokens must be those of at least two steps: tokens=" + tokens + ", steps=" + steps);
      return Math.max(2, steps);
    } catch (IllegalArgumentException e) {
      problems.add(TOKENS, e.getMessage());
      throw refusal();
    }
  }

  private RunSpec spec(RunSpec preset) {
    JsonNode merged = SpecSource.YAML.valueToTree(preset);
    for (SpecSource source : sources) {
      merged = merge("", merged, source.expanded(List.of(PRESET, STEPS, TOKENS), begun, problems));
    }
    PhaseLengths.resolve(merged, problems);
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
    JsonNode element = ListElements.of(path, standard);
    if (element.isMissingNode()) {
      return given;
    }
    ArrayNode merged = SpecSource.YAML.createArrayNode();
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
    return Nearest.to(given, valid)
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
      return SpecSource.YAML.treeToValue(json, type);
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
