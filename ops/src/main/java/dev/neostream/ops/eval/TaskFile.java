package dev.neostream.ops.eval;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.neostream.ops.DefinitionFile;
import dev.neostream.ops.Nearest;
import dev.neostream.ops.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A task as the command line names it: a file, or one of those that come with the program, whose
 * data the user has.
 *
 * @param given its name or file, as it was given
 * @param definition all that it says, defaults included
 */
public record TaskFile(String given, EvalTask task, JsonNode definition) {

  /** Tasks that come with the program. */
  public static final List<String> NAMES =
      List.of("arc", "blimp", "ceval", "gsm8k", "mmlu", "text");

  private static final Map<String, Class<? extends EvalTask>> KINDS =
      Map.of(
          "choice", ChoiceTask.class, "generation", GenerationTask.class, "text", TextTask.class);

  /**
   * Reads a task: {@code NAME} or {@code FILE}, and {@code =DATA} behind it where the data is
   * elsewhere.
   *
   * @throws UserError if there is none, or it says something that cannot be
   */
  public static TaskFile read(String named) {
    int equals = Files.exists(Path.of(named)) ? -1 : named.indexOf('=');
    String given = equals < 0 ? named : named.substring(0, equals);
    boolean known = NAMES.contains(given);
    Path file = Path.of(given);
    if (!known && !Files.isRegularFile(file)) {
      throw UserError.usage(
          "--tasks must be a file or one of %s: tasks=%s%s"
              .formatted(
                  NAMES,
                  given,
                  Nearest.to(given, NAMES).map(name -> "; did you mean " + name + "?").orElse("")));
    }
    JsonNode tree =
        known
            ? DefinitionFile.tree("task " + given, builtIn(given))
            : DefinitionFile.tree("--tasks", file);
    ObjectNode whole = filled(given, file, tree);
    if (equals >= 0) {
      Path data = Path.of(named.substring(equals + 1));
      whole.putArray("data").add(data.toAbsolutePath().normalize().toString());
    }
    ObjectNode said = whole.deepCopy();
    said.remove("kind");
    Class<? extends EvalTask> kind = KINDS.get(whole.path("kind").asText());
    return new TaskFile(given, DefinitionFile.value(given, said, kind), whole);
  }

  private static String builtIn(String name) {
    try (InputStream in = TaskFile.class.getResourceAsStream("/tasks/" + name + ".yaml")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("a task must come with the program: task=" + name, e);
    }
  }

  private static ObjectNode filled(String given, Path file, JsonNode tree) {
    String kind = tree.path("kind").asText();
    if (!KINDS.containsKey(kind)) {
      throw UserError.usage(
          given + ": kind must be one of [choice, generation, text]: kind=" + tree.path("kind"));
    }
    requireGiven(given, tree, "name", "version");
    ObjectNode whole = DefinitionFile.empty();
    whole.putArray("data");
    whole.put("group", "");
    if (kind.equals("text")) {
      requireGiven(given, tree, "text");
    } else {
      requireGiven(given, tree, "prompt", "target");
      whole.put("description", "").put("delimiter", " ");
      whole.putObject("fewshot").put("count", 0).putNull("data").putNull("seed");
    }
    if (kind.equals("choice")) {
      requireGiven(given, tree, "choices");
      whole.putArray("labels");
      whole.putArray("metrics").add("acc");
    }
    if (kind.equals("generation")) {
      whole.putArray("stop");
      whole.put("maxTokens", 256).put("extract", "").put("pick", "first");
      whole.putArray("ignore");
      whole.put("ignoreCase", false);
    }
    for (var field : tree.properties()) {
      if (!field.getValue().isNull()) {
        whole.set(field.getKey(), field.getValue());
      }
    }
    whole.set("data", absolute(file, whole.path("data")));
    if (whole.path("fewshot").path("data").isTextual()) {
      ObjectNode fewshot = (ObjectNode) whole.path("fewshot");
      fewshot.set("data", absolute(file, fewshot.path("data")).get(0));
    }
    return whole;
  }

  private static void requireGiven(String given, JsonNode tree, String... names) {
    for (String name : names) {
      if (tree.path(name).isMissingNode() || tree.path(name).isNull()) {
        throw UserError.usage(given + ": there must be a " + name);
      }
    }
  }

  private static ArrayNode absolute(Path file, JsonNode paths) {
    JsonNode list = paths.isTextual() ? JsonNodeFactory.instance.arrayNode().add(paths) : paths;
    return DefinitionFile.absolute(file, list);
  }
}
