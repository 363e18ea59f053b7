package dev.neostream.ops.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.clean.rule.Profile;
import dev.neostream.ingest.file.JsonRecord;
import dev.neostream.ingest.topic.TopicInput;
import dev.neostream.ops.UserError;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunSpecTest {

  /** Every default of the demo but the text of its cleaning profile. */
  private static final String DEMO =
      """
      name: demo
      cleaner: ""
      corpus:
        inputs: []
        watch: []
        topics: []
        endless: false
        demo: true
        partitions: 2
        transactionRecords: 256
        stableSeconds: 2
        sealSeconds: 5
      clean:
        profile: ...
        shadow: ""
        language: auto
        languageModel: ""
        blockLists: ""
        blockCategories: []
        allowCategories: []
        qualityModel: ""
        minQuality: 0.0
        domains: []
        maskPii: false
      dedup:
        rules:
          stages:
          - EXACT
          - MINHASH
          priority: EARLIEST
          shingles:
            unit: WORDS
            "n": 5
          bands:
            bands: 14
            rows: 6
          threshold: 0.8
          sightings: 2
          passagesByHost: false
          window: 50
          minCharacters: 20
        scope:
          lateness: 512
          hold: 1
          eras: 0
          generation: 100000
      tokenize:
        file: ""
        vocabSize: 8192
        sequenceLength: 256
        lanes: 16
        heldOutEvery: 50
        heldOutEveryOf: {}
        sampleLeastBytes: 1048576
        sampleEvery: 5
        sampleMostBytes: 6291456
      mixture:
        domains:
        - code
        - en.web
        - zh.web
        rows: 4
        lead: 4
        shuffleBlocks: 1024
        whenSilent: WAIT
        silentSeconds: 30
        maxEpochs: 4
        untilStep: 0
        phases:
        - name: fundamental
          steps: 496
          weights:
            code: 0.1477
            en.web: 0.765016265060241
            zh.web: 0.08728373493975905
          ramp: 0
          learningRate:
            kind: COSINE
            peak: 0.003
            floor: 3.0000000000000003E-4
            warmupSteps: 49
            halfLifeSteps: 0.0
            offsetSteps: 0
            totalSteps: 0
        - name: decay
          steps: 104
          weights:
            code: 0.17
            en.web: 0.745
            zh.web: 0.085
          ramp: 0
          learningRate:
            kind: EXPONENTIAL
            peak: 0.003
            floor: 3.0000000000000003E-4
            warmupSteps: 0
            halfLifeSteps: 52.0
            offsetSteps: 0
            totalSteps: 0
      model:
        dModel: 128
        nLayers: 4
        nHeads: 4
        nKvHeads: 1
        headDim: 32
        ffnHidden: 384
        ropeTheta: 10000.0
        rmsNormEps: 1.0E-5
      optimizer:
        adamW:
          beta1: 0.9
          beta2: 0.95
          epsilon: 1.0E-8
          weightDecay: 0.1
        clip:
          maxNorm: 1.0
      train:
        ranks: 2
        seed: 42
        evalEvery: 50
        heldOutBlocks: 8
        checkpointEvery: 50
        keptCheckpoints: 2
        prompts:
        - Returns the number of
        - 返回
        - public static
        promptTokens: 32
      eval:
        tasks: []
        every: 500
        limit: 200
      engines:
        parallelism: 2
        checkpointMs: 2000
        flinkManagedMb: 512
        rankHeapMb: 768
        maxRestarts: 3
        ringSeconds: 120
        blockSeconds: 30
        stopSeconds: 120
        decisionSeconds: 60
        visibleSeconds: 10
        beatSeconds: 5
        replication: 1
        startFreeMb: 1024
        leastFreeMb: 256
      """;

  private static RunSpec read(String yaml) {
    return SpecFile.read(yaml, "run.yaml", RunSpec.demo(600));
  }

  private static String refused(String yaml) {
    UserError error = assertThrows(UserError.class, () -> read(yaml));
    assertEquals(UserError.USAGE, error.exitCode());
    return error.getMessage();
  }

  @Test
  void shouldHoldTheseDefaults() {
    RunSpec demo = RunSpec.demo(600);
    String profile = Profile.named("documentation").yaml();

    assertEquals(profile, demo.clean().profile());
    String yaml = SpecFile.write(demo);
    assertEquals(DEMO, yaml.replace("profile: |\n" + profile.indent(4), "profile: ...\n"));
    assertEquals(600, demo.mixture().steps());
  }

  @Test
  void shouldKnowTheSizeOfItsModels() {
    assertEquals(2_851_968, RunSpec.demo(2).model().config(8192, 256).parameterCount());
    assertEquals(
        9_834_752, RunSpec.small(List.of("/data"), 2).model().config(8192, 512).parameterCount());
  }

  @Test
  void shouldReadWhatItWrites() {
    for (RunSpec spec : List.of(RunSpec.demo(60), RunSpec.small(List.of("/"), 1000))) {
      assertEquals(spec, SpecFile.readWhole(SpecFile.write(spec), "f"));
      assertEquals(spec, SpecFile.read(SpecFile.write(spec), "f", RunSpec.demo(600)));
    }
    assertEquals(RunSpec.demo(600), read(""));
  }

  @Test
  void shouldTakeFromAFileWhatItNamesAndTheRestFromThePreset() {
    RunSpec spec =
        read(
            """
            corpus: {inputs: [/], demo: false, partitions: 8}
            dedup: {rules: {stages: [url, exact], priority: longest}}
            mixture:
              rows: 16
              phases:
              - {name: only, steps: 10, weights: {code: 1}, learningRate:
                  {kind: cosine, peak: 1e-3, floor: 0, warmupSteps: 1, halfLifeSteps: 0}}
            engines: {parallelism: 2}
            """);

    assertEquals(List.of("/"), spec.corpus().inputs());
    assertEquals(8, spec.corpus().partitions());
    assertEquals(2, spec.engines().parallelism());
    assertEquals("[URL, EXACT]", spec.dedup().rules().stages().toString());
    assertEquals(0.8, spec.dedup().rules().threshold());
    assertEquals(16, spec.mixture().rows());
    assertEquals(10, spec.mixture().steps());
    assertEquals(1.0, spec.mixture().phases().get(0).weights().get("code"));
    assertEquals(RunSpec.demo(600).train(), spec.train());
  }

  @Test
  void shouldReadTopics() {
    RunSpec.Corpus corpus =
        read("""
                corpus:
                  endless: true
                  topics:
                  - {topic: pages, servers: "a:9092,b:9092", text: body, url: link}
                  - {topic: notes, servers: "c:9092", format: text, mediaType: text/html}
                """)
            .corpus();

    TopicInput pages = corpus.topics().get(0).input();
    TopicInput notes = corpus.topics().get(1).input();
    assertEquals(new JsonRecord.Fields(List.of("body"), List.of("link"), "domain"), pages.fields());
    assertEquals("kafka://a:9092,b:9092/pages", pages.location());
    assertEquals("text/plain", pages.mediaType());
    assertEquals(TopicInput.Format.TEXT, notes.format());
    assertEquals(JsonRecord.Fields.STANDARD, notes.fields());
    assertEquals("text/html", notes.mediaType());
  }

  @Test
  void shouldNameWhatIsWrongWithTopics() {
    String message =
        refused(
            """
            corpus:
              topics:
              - {topic: pages, servers: "a:9092"}
              - {topic: pages, servers: "a", mediaType: image/png}
              - {topic: "", servers: "kafka://a:1/x", client: /no/such/file}
            """);

    for (String problem :
        List.of(
            "corpus.endless must be true where topics are read: corpus.endless=false,"
                + " corpus.topics=[pages, pages, ]",
            "run.yaml:4: corpus.topics[1].topic must differ from those before",
            "run.yaml:4: corpus.topics[1].servers must be host:port, separated by commas",
            "run.yaml:4: corpus.topics[1].mediaType must be one of [text/plain, text/html]",
            "run.yaml:5: corpus.topics[2].topic must be a topic's name",
            "run.yaml:5: corpus.topics[2].servers must be host:port",
            "run.yaml:5: corpus.topics[2].client must be a readable file")) {
      assertTrue(message.contains(problem), problem + "\n" + message);
    }
    assertTrue(
        refused("corpus: {endless: true, topics: [{topic: a, servers: 'a:1', format: xml}]}")
            .contains("must be one of [JSON, TEXT]"));
  }

  @Test
  void shouldGoOnWithADefinitionThatWasWrittenBeforeThereWereTopics() {
    RunSpec demo = RunSpec.demo(600);
    assertEquals(demo, SpecFile.readWhole(SpecFile.write(demo).replace("  topics: []\n", ""), "f"));
  }

  @Test
  void shouldEndWhereItIsToldToWhateverItsPhasesSay() {
    RunSpec longer = read("mixture: {untilStep: 700}");

    assertEquals(700, longer.mixture().steps());
    assertEquals(600, longer.mixture().phaseSteps());
    assertEquals(596, longer.mixture().plan().phases().get(0).steps());
    assertEquals(RunSpec.demo(600).mixture().phases(), longer.mixture().phases());
    assertEquals(longer, RunSpec.demo(600).until(700));
    assertEquals(RunSpec.demo(600), longer.until(600));
    assertEquals(1, read("mixture: {untilStep: 1}").mixture().steps());
    assertTrue(refused("mixture: {untilStep: -1}").startsWith("run.yaml:1: mixture.untilStep"));
  }

  @Test
  void shouldGoOnWithADefinitionThatWasWrittenBeforeItCouldBeTold() {
    RunSpec demo = RunSpec.demo(600);
    assertEquals(
        demo, SpecFile.readWhole(SpecFile.write(demo).replace("  untilStep: 0\n", ""), "f"));
  }

  @Test
  void shouldNameEveryProblemAtOnceAndWhereItStands() {
    String message =
        refused(
            """
            corpus: {input: [/data]}
            dedup:
              rules: {priority: newest}
            tokenize:
              vocabSize: many
              lanes: 0
              heldOutEvery: 1
            train: {ranks: 2.5, prompts: none}
            modle: {dModel: 64}
            optimizer:
              clip:
                maxNorm: -1
            """);

    assertEquals(
        List.of(
            "run.yaml:1: unknown name: corpus.input=[\"/data\"]; did you mean inputs?",
            "run.yaml:5: tokenize.vocabSize must be a whole number: tokenize.vocabSize=\"many\"",
            "run.yaml:8: train.ranks must be a whole number: train.ranks=2.5",
            "run.yaml:8: train.prompts must be a list: train.prompts=\"none\"",
            "run.yaml:9: unknown name: modle={\"dModel\":64}; did you mean model?",
            "run.yaml:3: dedup.rules.priority must be one of [EARLIEST, LATEST, LONGEST, BEST]:"
                + " dedup.rules.priority=newest",
            "run.yaml:6: tokenize.lanes must be at least 1: tokenize.lanes=0",
            "run.yaml:7: tokenize.heldOutEvery must be at least 2: tokenize.heldOutEvery=1",
            "run.yaml:11: optimizer.clip: maxNorm must be > 0: maxNorm=-1.0"),
        message.lines().map(String::strip).toList());
  }

  @Test
  void shouldCheckWhatSpansParts() {
    assertEquals(
        "run.yaml:1: mixture.rows must be at least train.ranks: mixture.rows=4, train.ranks=9",
        refused("train: {ranks: 9}"));
    assertTrue(
        refused("mixture: {domains: [code]}").contains("mixture.phases: domain must be one"));
    assertEquals(
        "run.yaml:2: model: nKvHeads must divide nHeads: nKvHeads=2, nHeads=3",
        refused("train: {}\nmodel: {nHeads: 3, nKvHeads: 2}"));
    assertTrue(refused("name: ../etc").contains("run.yaml:1: name must be 1 to 64"));
    assertTrue(
        refused("mixture: {phases: []}").contains("a plan must have at least one phase"),
        refused("mixture: {phases: []}"));
  }

  @Test
  void shouldSayWhereAFileIsNoYaml() {
    assertTrue(refused("corpus: {inputs: [a\ntrain: 1").startsWith("run.yaml:2: it must be YAML"));
    assertTrue(refused("train: {seed: 1, seed: 2}").startsWith("run.yaml:1: it must be YAML: "));
    assertTrue(refused("- a list").contains("a run must be a map of"), refused("- a list"));
    assertTrue(refused("train: 7").contains("train must be a map of [ranks, seed"));
    assertTrue(refused("train: {ranks: }").contains("train.ranks must be a whole number"));
  }

  @Test
  void shouldRefuseTooFewStepsForTwoPhases() {
    assertThrows(IllegalArgumentException.class, () -> RunSpec.demo(1));
  }
}
