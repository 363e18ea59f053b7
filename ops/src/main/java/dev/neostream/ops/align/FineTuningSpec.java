package dev.neostream.ops.align;

import static dev.neostream.ops.DefinitionFile.require;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.neostream.ops.DefinitionFile;
import dev.neostream.ops.UserError;
import dev.neostream.tokens.chat.ChatTemplate;
import dev.neostream.trainer.align.FineTuningPhase;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

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

  private static final Map<String, Integer> EPOCHS =
      Map.of(
          "foundational", FineTuningPhase.FOUNDATIONAL_EPOCHS, "chat", FineTuningPhase.CHAT_EPOCHS);

  /**
   * Reads a definition.
   *
   * @throws UserError if it cannot be read or says something that cannot be
   */
  public static FineTuningSpec read(Path file) {
    return DefinitionFile.read(
        "--config", file, FineTuningSpec.class, given -> filled(file, given));
  }

  private static JsonNode filled(Path file, JsonNode given) {
    if (!given.isObject() || !given.path("phases").isArray()) {
      throw UserError.usage(
          file
              + ": there must be a list of phases, each with name and files: phases="
              + given.path("phases"));
    }
    ObjectNode whole =
        DefinitionFile.empty()
            .put("template", "turns")
            .put("batch", 8)
            .put("window", 1024)
            .put("heldOutEvery", 20)
            .put("evaluateEvery", 20)
            .put("checkpointEvery", 100)
            .put("seed", 1)
            .put("threads", 1);
    whole.setAll((ObjectNode) given);
    ArrayNode phases = whole.putArray("phases");
    for (JsonNode phase : given.path("phases")) {
      phases.add(phase.isObject() ? phase(file, phase) : phase);
    }
    return whole;
  }

  private static ObjectNode phase(Path file, JsonNode given) {
    ObjectNode whole =
        DefinitionFile.empty()
            .put("name", "")
            .put("epochs", EPOCHS.getOrDefault(given.path("name").asText(), 0))
            .put("learningRate", 1e-3)
            .put("warmup", 0.05);
    whole.setAll((ObjectNode) given);
    whole.set("files", DefinitionFile.absolute(file, given.path("files")));
    return whole;
  }
}
