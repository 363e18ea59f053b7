package dev.neostream.ops.config;

import dev.neostream.clean.CleanConfig;
import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.job.DedupScope;
import dev.neostream.tokens.mixture.Sequencer;
import java.util.ArrayList;
import java.util.List;

/**
 * Everything that defines a run. Written to {@code config.resolved.yaml} when the run is made and
 * never changed: the same configuration and the same inputs give the same tokens, batches and (on
 * CPU) losses.
 *
 * @param run name of the run; prefix of its topics
 * @param inputs user's inputs, absolute paths; empty for the demo corpus
 * @param demoCorpus whether the demo corpus is read, before {@code inputs}
 * @param clean how documents are cleaned, before any profile is sent to the run
 * @param cleaner version of the cleaner that began the run; another cannot go on with it
 * @param dedup how documents are deduplicated
 * @param scope what a document is compared with, and when that is decided
 * @param steps length of the run in global steps, both phases
 * @param ranks trainer processes
 * @param rows sequences a global step, at least one a rank: rank r takes the rows r mod ranks
 * @param sequenceLength tokens a sequence predicts
 * @param vocabSize ids of the tokenizer
 * @param domains mixture domains
 * @param lanes lanes a domain has
 * @param parallelism Flink parallelism, also the number of raw.documents partitions
 * @param heldOutEvery one document in this many is kept for evaluation
 * @param heldOutBlocks blocks a domain that are evaluated
 * @param evalEvery steps between evaluations
 * @param checkpointEvery steps between checkpoints
 * @param lead steps that batches are prepared ahead of training
 * @param seed seed of the initial weights
 */
public record RunConfig(
    String run,
    List<String> inputs,
    boolean demoCorpus,
    CleanConfig clean,
    String cleaner,
    DedupConfig dedup,
    DedupScope scope,
    long steps,
    int ranks,
    int rows,
    int sequenceLength,
    int vocabSize,
    List<String> domains,
    int lanes,
    int parallelism,
    int heldOutEvery,
    int heldOutBlocks,
    long evalEvery,
    long checkpointEvery,
    int lead,
    long seed) {

  public RunConfig {
    inputs = List.copyOf(inputs);
    domains = List.copyOf(domains);
    var problems = new ArrayList<String>();
    atLeast(problems, "steps", steps, 2);
    atLeast(problems, "ranks", ranks, 1);
    atLeast(problems, "rows", rows, ranks);
    atLeast(problems, "sequenceLength", sequenceLength, 8);
    atLeast(problems, "vocabSize", vocabSize, 512);
    atLeast(problems, "lanes", lanes, 1);
    atLeast(problems, "parallelism", parallelism, 1);
    atLeast(problems, "heldOutEvery", heldOutEvery, 2);
    atLeast(problems, "heldOutBlocks", heldOutBlocks, 1);
    atLeast(problems, "evalEvery", evalEvery, 1);
    atLeast(problems, "checkpointEvery", checkpointEvery, 1);
    atLeast(problems, "lead", lead, 1);
    if (!demoCorpus && inputs.isEmpty()) {
      problems.add("there must be something to read: demoCorpus=false, inputs=[]");
    }
    if (!problems.isEmpty()) {
      throw UserError.usage(String.join("; ", problems));
    }
  }

  private static void atLeast(List<String> problems, String name, long value, long least) {
    if (value < least) {
      problems.add(name + " must be at least " + least + ": " + name + "=" + value);
    }
  }

  /** Returns the demo: two ranks, three domains, a model small enough for two cores. */
  public static RunConfig demo(
      List<String> inputs,
      boolean demoCorpus,
      CleanConfig clean,
      String cleaner,
      DedupConfig dedup,
      DedupScope scope,
      long steps,
      long checkpointEvery,
      long seed) {
    return new RunConfig(
        "demo",
        inputs,
        demoCorpus,
        clean,
        cleaner,
        dedup,
        scope,
        steps,
        2,
        8,
        256,
        8192,
        List.of("code", "en.web", "zh.web"),
        2,
        2,
        50,
        4,
        50,
        checkpointEvery,
        Sequencer.Settings.DEFAULT_LEAD,
        seed);
  }
}
