package dev.neostream.ops.align;

import static dev.neostream.ops.DefinitionFile.require;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.neostream.ops.DefinitionFile;
import dev.neostream.ops.UserError;
import dev.neostream.tokens.chat.ChatTemplate;
import java.nio.file.Path;
import java.util.List;

/**
 * What a preference tuning is to do, from YAML; only the files must be said:
 *
 * <pre>
 *   files: [pairs.jsonl]             # relative to this file
 *   beta: 0.1                        # how strongly the policy is held to the reference
 *   lengthNormalised: false          # log-ratios a token instead of sums
 *   sftWeight: 0                     # of the chosen answer's own loss
 *   epochs: 1
 *   learningRate: 0.0001
 *   warmup: 0.1                      # share of the steps
 *   template: turns                  # or published, without the system message
 *   cut: false                       # whether answers longer than the context break off there
 *   batch: 8                         # pairs a step
 *   heldOutEvery: 5                  # one question in this many is for evaluation
 *   evaluateEvery: 20                # steps
 *   checkpointEvery: 100             # steps
 *   seed: 1                          # of the order, and of what is held out
 *   threads: 1                       # of libtorch; part of the result's last bits
 * </pre>
 *
 * <p>Beta and warm-up are DPO's usual ones (arXiv 2305.18290, appendix B, has 0.1 and 150 steps);
 * MAP-Neo's are not known to us. The other values are ours.
 */
public record PreferenceSpec(
    List<String> files,
    double beta,
    boolean lengthNormalised,
    double sftWeight,
    int epochs,
    double learningRate,
    double warmup,
    ChatTemplate.Layout template,
    boolean cut,
    int batch,
    int heldOutEvery,
    int evaluateEvery,
    int checkpointEvery,
    long seed,
    int threads) {

  public PreferenceSpec {
    files = List.copyOf(files);
    require(!files.isEmpty(), "files", "at least one file", files);
    require(beta > 0 && Double.isFinite(beta), "beta", "finite and above 0", beta);
    require(
        sftWeight >= 0 && Double.isFinite(sftWeight),
        "sftWeight",
        "finite and 0 or more",
        sftWeight);
    require(epochs >= 1, "epochs", "at least 1", epochs);
    require(
        learningRate > 0 && learningRate < 1, "learningRate", "above 0 and below 1", learningRate);
    require(warmup >= 0 && warmup < 1, "warmup", "0 or more, below 1", warmup);
    require(batch >= 1, "batch", "at least 1", batch);
    require(heldOutEvery >= 2, "heldOutEvery", "at least 2", heldOutEvery);
    require(evaluateEvery >= 1, "evaluateEvery", "at least 1", evaluateEvery);
    require(checkpointEvery >= 1, "checkpointEvery", "at least 1", checkpointEvery);
    require(threads >= 1, "threads", "at least 1", threads);
  }

  /**
   * Reads a definition.
   *
   * @throws UserError if it cannot be read or says something that cannot be
   */
  public static PreferenceSpec read(Path file) {
    return DefinitionFile.read(
        "--config", file, PreferenceSpec.class, given -> filled(file, given));
  }

  private static JsonNode filled(Path file, JsonNode given) {
    if (!given.isObject() || !given.path("files").isArray()) {
      throw UserError.usage(
          file + ": there must be a list of files with pairs: files=" + given.path("files"));
    }
    ObjectNode whole =
        DefinitionFile.empty()
            .put("beta", 0.1)
            .put("lengthNormalised", false)
            .put("sftWeight", 0.0)
            .put("epochs", 1)
            .put("learningRate", 1e-4)
            .put("warmup", 0.1)
            .put("template", "turns")
            .put("cut", false)
            .put("batch", 8)
            .put("heldOutEvery", 5)
            .put("evaluateEvery", 20)
            .put("checkpointEvery", 100)
            .put("seed", 1)
            .put("threads", 1);
    whole.setAll((ObjectNode) given);
    whole.set("files", DefinitionFile.absolute(file, given.path("files")));
    return whole;
  }
}
