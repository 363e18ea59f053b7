package dev.neostream.ops.run;

import dev.neostream.clean.CleanConfig;
import dev.neostream.clean.rule.Profile;
import dev.neostream.dedup.DedupConfig;
import dev.neostream.dedup.job.DedupScope;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.job.TokenizeConfig;
import dev.neostream.tokens.mixture.MixturePlan;
import dev.neostream.tokens.mixture.Phase;
import dev.neostream.tokens.mixture.PlanRevision;
import dev.neostream.tokens.mixture.SequencerSettings;
import dev.neostream.tokens.mixture.WhenSilent;
import dev.neostream.trainer.model.ModelConfig;
import dev.neostream.trainer.optim.AdamW;
import dev.neostream.trainer.optim.GradientClip;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Everything that defines a run. Written to {@code config.resolved.yaml} when the run is made and
 * never changed but for {@code mixture.untilStep}, which the plans decide from then on: the same
 * definition and the same inputs give the same tokens, batches and (on CPU) losses. All but {@link
 * Engines} has a part in that; engines decide where and how fast.
 *
 * <p>Every record checks itself and says all that is wrong at once, by {@link
 * IllegalArgumentException}. {@link SpecFile} reads one from YAML.
 *
 * @param name name of the run; prefix of its topics
 * @param cleaner version of the cleaner that began the run, empty before that; another cannot go on
 *     with it
 * @param corpus what is read
 * @param clean how documents are cleaned, before any profile is sent to the run
 * @param dedup how documents are deduplicated
 * @param tokenize how documents become blocks
 * @param mixture how blocks become steps
 * @param model shape of the model
 * @param optimizer how a gradient becomes a step
 * @param train who trains, and what is kept of it
 * @param eval what checkpoints are asked while the run goes on
 * @param engines where it runs: sizes and deadlines
 */
public record RunSpec(
    String name,
    String cleaner,
    Corpus corpus,
    CleanConfig clean,
    Dedup dedup,
    Tokenize tokenize,
    Mixture mixture,
    Model model,
    Optimizer optimizer,
    Train train,
    Eval eval,
    Engines engines) {

  public RunSpec {
    // What an earlier version wrote has none.
    eval = eval == null ? Eval.NONE : eval;
    var problems = new Problems();
    problems.unless(
        name.matches("[a-z0-9][a-z0-9-]{0,63}"),
        List.of("name"),
        "name must be 1 to 64 of a-z, 0-9 and -, the first not -: name=" + name);
    problems.unless(
        mixture.rows >= train.ranks,
        List.of("mixture.rows", "train.ranks"),
        "mixture.rows must be at least train.ranks: mixture.rows="
            + mixture.rows
            + ", train.ranks="
            + train.ranks);
    problems.unless(
        clean.minQuality() >= 0 && clean.minQuality() <= 1,
        List.of("clean.minQuality"),
        "clean.minQuality must be 0 to 1: clean.minQuality=" + clean.minQuality());
    List<String> languages = languages(clean);
    problems.unless(
        languages.contains(clean.language()),
        List.of("clean.language"),
        "clean.language must be one of " + languages + ": clean.language=" + clean.language());
    Map<String, String> named = new LinkedHashMap<>();
    for (int i = 0; i < clean.domains().size(); i++) {
      named.put("clean.domains[" + i + "].domain", clean.domains().get(i).domain());
    }
    tokenize.heldOutEveryOf.keySet().forEach(d -> named.put("tokenize.heldOutEveryOf." + d, d));
    named.forEach(
        (key, domain) ->
            problems.unless(
                mixture.domains.contains(domain),
                List.of(key),
                key + " must be one of " + mixture.domains + ": " + key + "=" + domain));
    problems.throwIfAny();
  }

  /** Returns the tokens that a step takes. */
  public long tokensAStep() {
    return (long) mixture.rows * tokenize.sequenceLength;
  }

  /** Returns what documents can be judged by: rules of their own language, or of one for all. */
  private static List<String> languages(CleanConfig clean) {
    return Stream.concat(
            Stream.of(CleanConfig.AUTO),
            Profile.parse(clean.profile(), "clean.profile").kinds().stream())
        .toList();
  }

  /**
   * What is read.
   *
   * @param inputs the user's inputs, absolute paths
   * @param watch folders whose files are read as they come, absolute paths
   * @param topics topics of the user's that are read as their records come
   * @param endless whether there may always be more to read: then the run ends with its steps
   * @param demo whether the demo corpus is read, before {@code inputs}
   * @param partitions partitions of raw.documents
   * @param transactionRecords records that ingest commits together
   * @param stableSeconds a file of a watched folder that has not changed for so long is complete
   * @param sealSeconds where there may always be more: documents that wait for others to be decided
   *     with are decided when nothing has come for so long
   */
  public record Corpus(
      List<String> inputs,
      List<String> watch,
      List<UserTopic> topics,
      boolean endless,
      boolean demo,
      int partitions,
      int transactionRecords,
      int stableSeconds,
      int sealSeconds) {

    public Corpus {
      inputs = List.copyOf(inputs);
      watch = List.copyOf(watch);
      topics = topics == null ? List.of() : List.copyOf(topics); // earlier versions wrote none
      var problems = new Problems();
      problems.atLeast("corpus.partitions", partitions, 1);
      problems.atLeast("corpus.transactionRecords", transactionRecords, 1);
      problems.atLeast("corpus.stableSeconds", stableSeconds, 0);
      problems.atLeast("corpus.sealSeconds", sealSeconds, 1);
      problems.unless(
          endless || watch.isEmpty(),
          List.of("corpus.watch", "corpus.endless"),
          "corpus.endless must be true where folders are watched: corpus.endless=false,"
              + " corpus.watch="
              + watch);
      problems.unless(
          endless || topics.isEmpty(),
          List.of("corpus.topics", "corpus.endless"),
          "corpus.endless must be true where topics are read: corpus.endless=false,"
              + " corpus.topics="
              + topics.stream().map(UserTopic::topic).toList());
      Set<String> names = new HashSet<>();
      for (int i = 0; i < topics.size(); i++) {
        topics.get(i).check("corpus.topics[" + i + "].", names, problems);
      }
      problems.throwIfAny();
    }
  }

  /**
   * How documents are deduplicated.
   *
   * @param rules what makes a duplicate
   * @param scope what a document is compared with, and when that is decided
   */
  public record Dedup(DedupConfig rules, DedupScope scope) {}

  /**
   * How documents become blocks.
   *
   * @param file a tokenizer of the user's, as an absolute path: a file of ours or SentencePiece's,
   *     or a folder with one; empty to train one on a sample of what is read, by the sizes below
   * @param vocabSize ids of a tokenizer that is trained
   * @param sequenceLength tokens a block predicts
   * @param lanes lanes a domain has, read in turn: so many documents a domain are under way at
   *     once, so one long document does not follow itself; a lane that is open is waited for
   * @param heldOutEvery one document in this many is kept for evaluation
   * @param heldOutEveryOf the same for single domains
   * @param sampleLeastBytes so much text is learned from whatever comes first: a small corpus is
   *     learned from whole
   * @param sampleEvery after that, one document in this many is learned from
   * @param sampleMostBytes learning stops here: more text changes a vocabulary of some thousand
   *     pieces little
   */
  public record Tokenize(
      String file,
      int vocabSize,
      int sequenceLength,
      int lanes,
      int heldOutEvery,
      SortedMap<String, Integer> heldOutEveryOf,
      long sampleLeastBytes,
      int sampleEvery,
      long sampleMostBytes) {

    public Tokenize {
      var problems = new Problems();
      problems.atLeast("tokenize.vocabSize", vocabSize, 512);
      problems.atLeast("tokenize.sequenceLength", sequenceLength, 8);
      problems.atLeast("tokenize.lanes", lanes, 1);
      problems.atLeast("tokenize.heldOutEvery", heldOutEvery, 2);
      heldOutEveryOf = Collections.unmodifiableSortedMap(new TreeMap<>(heldOutEveryOf));
      heldOutEveryOf.forEach(
          (domain, every) -> problems.atLeast("tokenize.heldOutEveryOf." + domain, every, 2));
      problems.atLeast("tokenize.sampleLeastBytes", sampleLeastBytes, 0);
      problems.atLeast("tokenize.sampleEvery", sampleEvery, 1);
      problems.atLeast("tokenize.sampleMostBytes", sampleMostBytes, 1);
      problems.throwIfAny();
    }
  }

  /**
   * How blocks become steps.
   *
   * @param domains mixture domains
   * @param rows sequences a global step, at least one a rank: rank r takes the rows r mod ranks
   * @param lead steps that batches are prepared ahead of training
   * @param shuffleBlocks blocks of a domain that are shuffled at a time, by {@code train.seed}; a
   *     window of the shuffle is read once it is written, 1 reads in the order of writing
   * @param whenSilent what is done about a domain whose next block does not come
   * @param silentSeconds how long it is waited for before that is done
   * @param maxEpochs how many times a silent domain is read at most, where it is repeated
   * @param untilStep the run ends before this step: phases are made longer or shorter to that, see
   *     {@link PlanRevision#until}; 0: where they end. What a begun run was told since is noted
   *     here at its next start
   * @param phases the first plan; a run may be given others while it trains
   */
  public record Mixture(
      List<String> domains,
      int rows,
      int lead,
      int shuffleBlocks,
      WhenSilent whenSilent,
      int silentSeconds,
      int maxEpochs,
      long untilStep,
      List<Phase> phases) {

    public Mixture {
      domains = List.copyOf(domains);
      phases = List.copyOf(phases);
      var problems = new Problems();
      problems.unless(
          !domains.isEmpty(), List.of("mixture.domains"), "mixture.domains must not be empty");
      problems.atLeast("mixture.rows", rows, 1);
      problems.atLeast("mixture.lead", lead, 1);
      problems.atLeast("mixture.shuffleBlocks", shuffleBlocks, 1);
      problems.atLeast("mixture.silentSeconds", silentSeconds, 1);
      problems.atLeast("mixture.maxEpochs", maxEpochs, 1);
      problems.unless(
          untilStep >= 0,
          List.of("mixture.untilStep"),
          "mixture.untilStep must be at least 0: mixture.untilStep=" + untilStep);
      try {
        new MixturePlan(phases)
            .problemWith(new TreeSet<>(domains))
            .ifPresent(problem -> problems.add("mixture.phases", "mixture.phases: " + problem));
      } catch (IllegalArgumentException e) {
        problems.add("mixture.phases", "mixture.phases: " + e.getMessage());
      }
      problems.throwIfAny();
    }

    /** Returns the first plan. */
    public MixturePlan plan() {
      MixturePlan plan = new MixturePlan(phases);
      return untilStep == 0 ? plan : PlanRevision.until(plan, 0, untilStep);
    }

    /** Returns the length of the phases in global steps, whatever the run was told since. */
    public long phaseSteps() {
      return new MixturePlan(phases).steps();
    }

    /** Returns the length of the run in global steps, all phases. */
    public long steps() {
      return plan().steps();
    }
  }

  /**
   * Shape of the model; what its tokenizer and its sequences decide is not repeated.
   *
   * @param dModel width of the residual stream
   * @param nLayers decoder layers
   * @param nHeads query heads
   * @param nKvHeads key and value heads, a divisor of {@code nHeads}
   * @param headDim width of a head, even
   * @param ffnHidden width of gate and up each
   * @param ropeTheta base of the rotary frequencies
   * @param rmsNormEps added to the mean square
   */
  public record Model(
      int dModel,
      int nLayers,
      int nHeads,
      int nKvHeads,
      int headDim,
      int ffnHidden,
      double ropeTheta,
      double rmsNormEps) {

    public Model {
      new ModelConfig(
          1, dModel, nLayers, nHeads, nKvHeads, headDim, ffnHidden, 1, ropeTheta, rmsNormEps);
    }

    /** Returns the shape for a tokenizer's ids and sequences of a number of tokens. */
    public ModelConfig config(int vocabSize, int maxSequence) {
      return new ModelConfig(
          vocabSize,
          dModel,
          nLayers,
          nHeads,
          nKvHeads,
          headDim,
          ffnHidden,
          maxSequence,
          ropeTheta,
          rmsNormEps);
    }

    /** Returns a shape of {@link ModelConfig#NAMES}. */
    static Model named(String name) {
      return of(ModelConfig.named(name, 1, 1));
    }

    private static Model of(ModelConfig model) {
      return new Model(
          model.dModel(),
          model.nLayers(),
          model.nHeads(),
          model.nKvHeads(),
          model.headDim(),
          model.ffnHidden(),
          model.ropeTheta(),
          model.rmsNormEps());
    }
  }

  /**
   * How a gradient becomes a step.
   *
   * @param adamW the rule
   * @param clip what is done to large gradients before
   */
  public record Optimizer(AdamW adamW, GradientClip clip) {}

  /**
   * Who trains, and what is kept of it.
   *
   * @param ranks trainer processes
   * @param seed seed of the initial weights
   * @param evalEvery steps between evaluations
   * @param heldOutBlocks blocks a domain that are evaluated
   * @param checkpointEvery steps between checkpoints
   * @param keptCheckpoints checkpoints kept: the newest, and others in case of trouble
   * @param prompts what the trained model is asked to go on with, for the report
   * @param promptTokens tokens it goes on for
   */
  public record Train(
      int ranks,
      long seed,
      int evalEvery,
      int heldOutBlocks,
      int checkpointEvery,
      int keptCheckpoints,
      List<String> prompts,
      int promptTokens) {

    public Train {
      prompts = List.copyOf(prompts);
      var problems = new Problems();
      problems.atLeast("train.ranks", ranks, 1);
      problems.atLeast("train.evalEvery", evalEvery, 1);
      problems.atLeast("train.heldOutBlocks", heldOutBlocks, 1);
      problems.atLeast("train.checkpointEvery", checkpointEvery, 1);
      problems.atLeast("train.keptCheckpoints", keptCheckpoints, 1);
      problems.atLeast("train.promptTokens", promptTokens, 1);
      problems.throwIfAny();
    }
  }

  /**
   * What checkpoints are asked while the run goes on, by a processor that training then lacks.
   *
   * @param tasks files of evaluation tasks, or names of those that come with the program, each with
   *     {@code =DATA} behind it where its data is elsewhere
   * @param every steps from one checkpoint that is asked to the next; the last one always is
   * @param limit records of each file that are asked, the first ones
   */
  public record Eval(List<String> tasks, int every, int limit) {

    static final Eval NONE = new Eval(List.of(), 500, 200);

    public Eval {
      tasks = List.copyOf(tasks);
      var problems = new Problems();
      problems.atLeast("eval.every", every, 1);
      problems.atLeast("eval.limit", limit, 1);
      problems.throwIfAny();
    }
  }

  /**
   * Where it runs: sizes and deadlines. Nothing here changes a result.
   *
   * @param parallelism subtasks of each operator of the Flink job
   * @param checkpointMs time between checkpoints of the job, the latency of all it writes
   * @param flinkManagedMb memory of the job's state, outside the heap; with a quarter of 512
   *     RocksDB flushes so often that deduplication takes half as long again
   * @param rankHeapMb heap of a rank, which holds batches and the copy of a checkpoint
   * @param maxRestarts lost ranks without progress before the run is given up
   * @param ringSeconds a rank waits so long for its neighbours: a start, a checkpoint, a pause of
   *     the machine
   * @param blockSeconds a block that a batch names is committed, so a rank waits no longer for it
   * @param stopSeconds ingest, job and ranks each end within this when they are asked to
   * @param decisionSeconds a proposed plan is decided on within this
   * @param visibleSeconds what is committed can be read within this
   * @param beatSeconds time between signs of life of an ingest that has nothing to read
   * @param replication brokers that hold each topic
   * @param startFreeMb free space a run needs to start: Kafka, Flink and two checkpoints
   * @param leastFreeMb free space below which a run stops, before the disk stops Kafka and RocksDB
   */
  public record Engines(
      int parallelism,
      int checkpointMs,
      int flinkManagedMb,
      int rankHeapMb,
      int maxRestarts,
      int ringSeconds,
      int blockSeconds,
      int stopSeconds,
      int decisionSeconds,
      int visibleSeconds,
      int beatSeconds,
      int replication,
      int startFreeMb,
      int leastFreeMb) {

    public Engines {
      var problems = new Problems();
      problems.atLeast("engines.parallelism", parallelism, 1);
      problems.atLeast("engines.checkpointMs", checkpointMs, 100);
      problems.atLeast("engines.flinkManagedMb", flinkManagedMb, 64);
      problems.atLeast("engines.rankHeapMb", rankHeapMb, 128);
      problems.atLeast("engines.maxRestarts", maxRestarts, 0);
      problems.atLeast("engines.ringSeconds", ringSeconds, 1);
      problems.atLeast("engines.blockSeconds", blockSeconds, 1);
      problems.atLeast("engines.stopSeconds", stopSeconds, 1);
      problems.atLeast("engines.decisionSeconds", decisionSeconds, 1);
      problems.atLeast("engines.visibleSeconds", visibleSeconds, 1);
      problems.atLeast("engines.beatSeconds", beatSeconds, 1);
      problems.atLeast("engines.replication", replication, 1);
      problems.atLeast("engines.startFreeMb", startFreeMb, 0);
      problems.atLeast("engines.leastFreeMb", leastFreeMb, 0);
      problems.throwIfAny();
    }

    /** Returns what two cores and some gigabytes of memory run. */
    static Engines embedded() {
      return new Engines(2, 2_000, 512, 768, 3, 120, 30, 120, 60, 10, 5, 1, 1024, 256);
    }
  }

  /** Steps of a run that is given no length. */
  public static final long DEFAULT_STEPS = 1200;

  /** Highest learning rate of models of some million parameters, see trainer-nodes/README.md. */
  private static final double PEAK_LEARNING_RATE = 3e-3;

  /**
   * Returns the demo: its corpus, two ranks, three domains, a model small enough for two cores.
   *
   * @param steps length of the run, at least 2
   */
  public static RunSpec demo(long steps) {
    return new RunSpec(
        "demo",
        "",
        new Corpus(List.of(), List.of(), List.of(), false, true, 2, 256, 2, 5),
        CleanConfig.of(Profile.named("documentation")),
        new Dedup(DedupConfig.recommended(), DedupScope.global()),
        new Tokenize("", 8192, 256, 16, 50, new TreeMap<>(), 1L << 20, 5, 6L << 20),
        new Mixture(
            List.of("code", "en.web", "zh.web"),
            4,
            SequencerSettings.DEFAULT_LEAD,
            1024,
            WhenSilent.WAIT,
            30,
            4,
            0,
            MixturePlan.demo(steps, PEAK_LEARNING_RATE).phases()),
        Model.named("tiny"),
        new Optimizer(AdamW.mapNeo(), GradientClip.mapNeo()),
        new Train(2, 42, 50, 8, 50, 2, List.of("Returns the number of", "返回", "public static"), 32),
        Eval.NONE,
        Engines.embedded());
  }

  /**
   * Returns a run on inputs of one's own: web pages by the recommended rules, a model of ten
   * million parameters, sequences of 512 tokens.
   *
   * @param inputs what is read, absolute paths
   * @param steps length of the run, at least 2
   */
  public static RunSpec small(List<String> inputs, long steps) {
    RunSpec demo = demo(steps);
    return new RunSpec(
        "small",
        "",
        new Corpus(inputs, List.of(), List.of(), false, false, 4, 256, 2, 5),
        CleanConfig.of(Profile.recommended()),
        demo.dedup,
        new Tokenize("", 8192, 512, 2, 200, new TreeMap<>(), 1L << 20, 5, 32L << 20),
        demo.mixture,
        Model.named("small"),
        demo.optimizer,
        new Train(2, 42, 100, 8, 100, 2, demo.train.prompts, 32),
        Eval.NONE,
        demo.engines);
  }

  /**
   * Returns how the job makes blocks.
   *
   * @param file the tokenizer's file
   * @param tokenizer what it holds
   */
  public TokenizeConfig tokenizing(Path file, Tokenizer tokenizer) {
    return new TokenizeConfig(
        file.toString(),
        tokenizer.fingerprint(),
        tokenize.sequenceLength(),
        mixture.domains(),
        tokenize.lanes(),
        tokenize.heldOutEvery(),
        tokenize.heldOutEveryOf());
  }

  /** Returns the run as one that ends before a step. */
  public RunSpec until(long step) {
    var until =
        new Mixture(
            mixture.domains,
            mixture.rows,
            mixture.lead,
            mixture.shuffleBlocks,
            mixture.whenSilent,
            mixture.silentSeconds,
            mixture.maxEpochs,
            step == mixture.phaseSteps() ? 0 : step,
            mixture.phases);
    return new RunSpec(
        name, cleaner, corpus, clean, dedup, tokenize, until, model, optimizer, train, eval,
        engines);
  }

  /** Returns the run under another name. */
  public RunSpec withName(String name) {
    return new RunSpec(
        name, cleaner, corpus, clean, dedup, tokenize, mixture, model, optimizer, train, eval,
        engines);
  }

  public RunSpec withCorpus(Corpus corpus) {
    return new RunSpec(
        name, cleaner, corpus, clean, dedup, tokenize, mixture, model, optimizer, train, eval,
        engines);
  }

  /** Returns the run with other rules of cleaning, begun by a version of the cleaner. */
  public RunSpec withClean(CleanConfig clean, String cleaner) {
    return new RunSpec(
        name, cleaner, corpus, clean, dedup, tokenize, mixture, model, optimizer, train, eval,
        engines);
  }

  public RunSpec withDedup(Dedup dedup) {
    return new RunSpec(
        name, cleaner, corpus, clean, dedup, tokenize, mixture, model, optimizer, train, eval,
        engines);
  }

  public RunSpec withTrain(Train train) {
    return new RunSpec(
        name, cleaner, corpus, clean, dedup, tokenize, mixture, model, optimizer, train, eval,
        engines);
  }
}
