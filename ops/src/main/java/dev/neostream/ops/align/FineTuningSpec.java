package dev.neostream.ops.align;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.neostream.ops.Nearest;
import dev.neostream.ops.UserError;
import dev.neostream.tokens.chat.ChatTemplate;
import dev.neostream.trainer.align.FineTuningPhase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a supervised fine-tuning is to do, from YAML; only the phases' names and files must be said:
 *
 * <pre>
 *   phases:
 *     - name: foundational           # 3 epochs; a phase named chat has 1, others must say
 *       files: [instructions.jsonl]  # relative to this file
 *       epochs: 3
 *       learningRate: 0.001
 *       warmup: 0.05                 # share of the phase's steps
 *   template: turns                  # or published, without the system message
 *   batch: 8                         # blocks a step
 *   window: 1024                     # conversations packed together
 *   heldOutEvery: 20                 # one conversation in this many is for evaluation
 *   evaluateEvery: 20                # steps
 *   checkpointEvery: 100             # steps
 *   seed: 1
 *   threads: 1                       # of libtorch; part of the result's last bits
 * </pre>
 *
 * <p>Epochs are MAP-Neo's; its batch is 512, more than a small set has. The other values are ours.
 */
public record FineTuningSpec(
    List<Phase> phases,
    ChatTemplate.Layout template,
    int batch,
    int window,
    int heldOutEvery,
    int evaluateEvery,
    int checkpointEvery,
    long seed,
    int threads) {

  /** One phase; files are absolute paths. */
  public record Phase(
      String name, List<String> files, int epochs, double learningRate, double warmup) {

    public Phase {
      files = List.copyOf(files);
      require(name.matches("[a-z0-9][a-z0-9-]{0,63}"), "name", "1 to 64 of a-z, 0-9 and -", name);
      require(!files.isEmpty(), "files of phase " + name, "at least one file", files);
      require(epochs >= 1, "epochs of phase " + name, "given and at least 1", epochs);
      require(
          learningRate > 0 && learningRate < 1,
          "learningRate of phase " + name,
          "above 0 and below 1",
          learningRate);
      require(warmup >= 0 && warmup < 1, "warmup of phase " + name, "0 or more, below 1", warmup);
    }
  }

  public FineTuningSpec {
    phases = List.copyOf(phases);
    require(!phases.isEmpty(), "phases", "at least one", phases);
    long names = phases.stream().map(Phase::name).distinct().count();
    require(
        names == phases.size(),
        "names of phases",
        "unlike each other",
        phases.stream().map(Phase::name).toList());
    require(batch >= 1, "batch", "at least 1", batch);
    require(window >= 1, "window", "at least 1", window);
    require(heldOutEvery >= 2, "heldOutEvery", "at least 2", heldOutEvery);
    require(evaluateEvery >= 1, "evaluateEvery", "at least 1", evaluateEvery);
    require(checkpointEvery >= 1, "checkpointEvery", "at least 1", checkpointEvery);
    require(threads >= 1, "threads", "at least 1", threads);
  }

  private static final long MOST_BYTES = 1 << 20;

  private static final Map<String, Integer> EPOCHS =
      Map.of(
          "foundational", FineTuningPhase.FOUNDATIONAL_EPOCHS, "chat", FineTuningPhase.CHAT_EPOCHS);

  private static final YAMLMapper YAML =
      YAMLMapper.builder(new YAMLFactory())
          .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .build();

  /**
   * Reads a definition.
   *
   * @throws UserError if it cannot be read or says something that cannot be
   */
  public static FineTuningSpec read(Path file) {
    try {
      if (Files.size(file) > MOST_BYTES) {
        throw UserError.usage(
            "--config must have at most " + MOST_BYTES + " bytes: config=" + file);
      }
      return of(file, YAML.readTree(Files.readString(file)));
    } catch (JsonProcessingException e) {
      throw UserError.usage(problem(file, e));
    } catch (IOException e) {
      throw UserError.usage("--config must be a readable UTF-8 file: config=" + file);
    }
  }

  private static FineTuningSpec of(Path file, JsonNode given) throws JsonProcessingException {
    if (!given.isObject() || !given.path("phases").isArray()) {
      throw UserError.usage(
          file
              + ": there must be a list of phases, each with name and files: phases="
              + given.path("phases"));
    }
    ObjectNode whole =
        YAML.createObjectNode()
            .put("template", "turns")
            .put("batch", 8)
            .put("window", 1024)
            .put("heldOutEvery", 20)
            .put("evaluateEvery", 20)
            .put("checkpointEvery", 100)
            .put("seed", 1)
            .put("threads", 1);
    whole.setAll((ObjectNode) given);
    Path folder = file.toAbsolutePath().normalize().getParent();
    ArrayNode phases = YAML.createArrayNode();
    for (JsonNode phase : given.path("phases")) {
      phases.add(phase.isObject() ? phase(folder, phase) : phase);
    }
    whole.set("phases", phases);
    return YAML.treeToValue(whole, FineTuningSpec.class);
  }

  private static ObjectNode phase(Path folder, JsonNode given) {
    ObjectNode whole =
        YAML.createObjectNode()
            .put("name", "")
            .put("epochs", EPOCHS.getOrDefault(given.path("name").asText(), 0))
            .put("learningRate", 1e-3)
            .put("warmup", 0.05);
    whole.setAll((ObjectNode) given);
    ArrayNode files = whole.putArray("files");
    for (JsonNode file : given.path("files")) {
      files.add(folder.resolve(file.asText()).normalize().toString());
    }
    return whole;
  }

  private static String problem(Path file, JsonProcessingException e) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      Collection<Object> known = unknown.getKnownPropertyIds();
      List<String> names = known.stream().map(String::valueOf).sorted().toList();
      return "%s: unknown name: %s%s"
          .formatted(
              file,
              unknown.getPropertyName(),
              Nearest.to(unknown.getPropertyName(), names)
                  .map(name -> "; did you mean " + name + "?")
                  .orElse("; there are " + names));
    }
    if (e.getCause() instanceof IllegalArgumentException ours) {
      return file + ": " + ours.getMessage();
    }
    String at =
        e instanceof JsonMappingException mapping
            ? mapping.getPath().stream()
                .map(r -> r.getFieldName() == null ? "[" + r.getIndex() + "]" : r.getFieldName())
                .collect(Collectors.joining(" "))
            : "line " + e.getLocation().getLineNr();
    return "%s: %s: %s".formatted(file, at, e.getOriginalMessage().lines().findFirst().orElse(""));
  }

  private static void require(boolean holds, String name, String rule, Object value) {
    if (!holds) {
      throw new IllegalArgumentException(name + " must be " + rule + ": " + value);
    }
  }
}
