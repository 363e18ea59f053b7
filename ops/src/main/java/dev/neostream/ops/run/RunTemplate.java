package dev.neostream.ops.run;

import dev.neostream.tokens.mixture.MixturePlan;
import dev.neostream.tokens.mixture.Phase;
import dev.neostream.trainer.model.ModelConfig;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A definition to begin with: {@link RunSpec#small}, with a word about what is most often changed.
 */
public final class RunTemplate {

  private static final int LONGEST_NAME = 64;
  private static final int DIGITS = 4;

  private RunTemplate() {}

  /**
   * Returns the text of a definition.
   *
   * @param name name of the run; what a name cannot hold is replaced by {@code -}
   * @param inputs paths to read; none: an example that is to be replaced
   * @param steps training steps, at least 2
   * @param model one of {@link ModelConfig#NAMES}
   * @throws IllegalArgumentException if there is no such model or there are too few steps
   */
  public static String of(String name, List<String> inputs, long steps, String model) {
    if (!ModelConfig.NAMES.contains(model)) {
      throw new IllegalArgumentException(
          "a model must be one of " + ModelConfig.NAMES + ": model=" + model);
    }
    RunSpec spec = RunSpec.small(inputs, steps);
    return """
        # A run; `ops/neo run --config FILE --show` prints what is left out. Paths are relative to this file.
        name: %s
        corpus:
          # Files and folders: WARC, ARC, HTML, JSON Lines, Parquet, text, source code.
          inputs:
        %s
          # endless: true         # goes on for what is added: `ops/neo ingest add`, and
          # watch: [drop/]        # complete files of these folders, as they come
          # topics:               # records of Kafka topics of yours, as they come; or format: text
          # - {topic: pages, servers: "host:9092", text: body, url: link, client: client.properties}
        clean:
          profile: recommended    # published, fineweb, documentation, or a file of your own
          # domains:              # documents of certain sources, urls, languages, fields; else by language
          # - {domain: books, source: "books/*"}
        dedup:
          rules: {stages: [exact, minhash]}  # also url, paragraph, line, substring
        tokenize:
          vocabSize: %d         # a tokenizer is trained on a sample; or file: my-tokenizer
          sequenceLength: %d
          heldOutEvery: %d       # one document in this many is kept for evaluation
        mixture:
          domains: [code, en.web, zh.web]
          rows: %d                 # sequences a step
          whenSilent: wait        # for a domain's next block; or share, repeat
          phases:                 # shares of each step; `ops/neo mix set` changes them while it trains
        %s
        model: %-17s # %s
        train:
          ranks: %d                # trainer processes
          evalEvery: %d
          checkpointEvery: %d
        eval: {tasks: [], every: %d}    # asks checkpoints while it trains: [blimp=DATA, mine.yaml]
        engines: {parallelism: %d}
        """
        .formatted(
            sanitized(name),
            inputs.isEmpty()
                ? "  - path/to/documents"
                : inputs.stream()
                    .map(path -> "  - " + quoted(path))
                    .collect(Collectors.joining("\n")),
            spec.tokenize().vocabSize(),
            spec.tokenize().sequenceLength(),
            spec.tokenize().heldOutEvery(),
            spec.mixture().rows(),
            phases(spec.mixture().plan()).indent(2).stripTrailing(),
            model,
            String.join(", ", ModelConfig.NAMES),
            spec.train().ranks(),
            spec.train().evalEvery(),
            spec.train().checkpointEvery(),
            spec.eval().every(),
            spec.engines().parallelism());
  }

  private static String sanitized(String name) {
    String allowed =
        name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9-]+", "-").replaceAll("^-+", "");
    String fitting = allowed.substring(0, Math.min(LONGEST_NAME, allowed.length()));
    return fitting.isEmpty() ? "run" : quoted(fitting);
  }

  private static String phases(MixturePlan plan) {
    return plan.phases().stream().map(RunTemplate::phase).collect(Collectors.joining("\n"));
  }

  private static String phase(Phase phase) {
    var rate = phase.learningRate();
    String weights =
        phase.weights().entrySet().stream()
            .map(weight -> weight.getKey() + ": " + rounded(weight.getValue()))
            .collect(Collectors.joining(", ", "{", "}"));
    String rule =
        rate.warmupSteps() > 0 || rate.halfLifeSteps() == 0
            ? "warmupSteps: " + rate.warmupSteps()
            : "halfLifeSteps: " + rounded(rate.halfLifeSteps());
    return """
          - name: %s
            steps: %d
            weights: %s
            learningRate: {kind: %s, peak: %s, floor: %s, %s}"""
        .formatted(
            phase.name(),
            phase.steps(),
            weights,
            rate.kind().name().toLowerCase(Locale.ROOT),
            rounded(rate.peak()),
            rounded(rate.floor()),
            rule);
  }

  /** Returns a number as one would write it. */
  private static String rounded(double value) {
    return new BigDecimal(value)
        .round(new MathContext(DIGITS))
        .stripTrailingZeros()
        .toPlainString();
  }

  /** Returns a YAML scalar that is this text, whatever it holds. */
  private static String quoted(String text) {
    return text.matches("[A-Za-z/][A-Za-z0-9_./-]*") ? text : "'" + text.replace("'", "''") + "'";
  }
}
