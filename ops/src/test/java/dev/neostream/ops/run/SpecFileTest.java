package dev.neostream.ops.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.clean.domain.DomainRule;
import dev.neostream.clean.rule.Profile;
import dev.neostream.ops.UserError;
import dev.neostream.tokens.mixture.MixturePlan;
import dev.neostream.tokens.mixture.Phase;
import dev.neostream.trainer.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Definitions as users write them: files, settings, names and relative paths. */
class SpecFileTest {

  @TempDir Path folder;

  private Path file(String yaml) throws IOException {
    return Files.writeString(folder.resolve("run.yaml"), yaml);
  }

  private RunSpec read(String yaml, String... settings) throws IOException {
    return SpecFile.read(Optional.of(file(yaml)), List.of(settings), false);
  }

  private String refused(String yaml, String... settings) throws IOException {
    Path file = file(yaml);
    UserError error =
        assertThrows(
            UserError.class, () -> SpecFile.read(Optional.of(file), List.of(settings), false));
    assertEquals(UserError.USAGE, error.exitCode());
    return error.getMessage().replace(file.toString(), "run.yaml");
  }

  @Test
  void shouldReadThePlanThatItWrites() throws IOException {
    RunSpec run = RunSpec.demo(40);
    Path file = folder.resolve("plan.yaml");
    MixturePlan plan = run.mixture().plan().withWeights(0, Map.of("code", 1.0));
    Files.writeString(file, SpecFile.writePlan(plan));

    assertEquals(plan, SpecFile.readPlan(file, run));
  }

  @Test
  void shouldRefuseAPlanOfOtherDomainsOrWithMoreThanThePlan() throws IOException {
    RunSpec run = RunSpec.demo(40);
    Path file = folder.resolve("plan.yaml");
    String plan = SpecFile.writePlan(run.mixture().plan());

    Files.writeString(file, plan.replace("code:", "codes:"));
    String domain = assertThrows(UserError.class, () -> SpecFile.readPlan(file, run)).getMessage();
    Files.writeString(file, plan + "train: {seed: 7}\n");
    String more = assertThrows(UserError.class, () -> SpecFile.readPlan(file, run)).getMessage();

    assertTrue(domain.contains("domain must be one of [code, en.web, zh.web]"), domain);
    assertEquals(
        "a plan's file must change mixture.phases alone: file=" + file + ", also=[train.seed]",
        more);
  }

  @Test
  void shouldBeThePresetWhereItSaysNothing() throws IOException {
    RunSpec small = RunSpec.small(List.of(), RunSpec.DEFAULT_STEPS);

    assertEquals(small, SpecFile.read(Optional.empty(), List.of(), false));
    assertEquals(small, read(""));
    assertEquals(small, read("# a comment\npreset: small\n"));
    assertEquals(RunSpec.demo(RunSpec.DEFAULT_STEPS), read("preset: demo"));
    assertEquals(
        "run.yaml:2: preset must be one of [demo, small]: preset=large",
        refused("\npreset: large\nnonsense: 1"));
  }

  @Test
  void shouldStretchThePhasesOfThePreset() throws IOException {
    assertEquals(RunSpec.demo(60), read("preset: demo\nsteps: 60"));
    assertEquals(RunSpec.small(List.of(), 70), read("steps: 60", "steps=70"));
    assertEquals(
        "run.yaml:1: steps must be a whole number of at least 2: steps=1", refused("steps: 1"));
    assertEquals(
        "--set steps: steps must be a whole number of at least 2: steps=many",
        refused("", "steps=many"));
    assertTrue(
        refused("steps: 9\nmixture: {phases: []}")
            .startsWith("run.yaml:1: only one of steps and mixture.phases may be given"));
  }

  @Test
  void shouldPutSettingsOverTheFileAndLaterOnesOverEarlier() throws IOException {
    RunSpec spec =
        read(
            "train: {ranks: 2, seed: 7}",
            "train.ranks=4",
            "train.ranks=3",
            "corpus.demo=true",
            "train.prompts=[once, upon a time]",
            "optimizer.adamW.weightDecay=0",
            "name=mine");

    assertEquals(3, spec.train().ranks());
    assertEquals(7, spec.train().seed());
    assertTrue(spec.corpus().demo());
    assertEquals(List.of("once", "upon a time"), spec.train().prompts());
    assertEquals(0.0, spec.optimizer().adamW().weightDecay());
    assertEquals("mine", spec.name());
  }

  @ParameterizedTest
  @ValueSource(strings = {"train.ranks", "=4", " =4", ""})
  void shouldRefuseASettingWithoutKeyOrValue(String setting) throws IOException {
    assertTrue(refused("", setting).contains("--set must be KEY=VALUE"), refused("", setting));
  }

  @Test
  void shouldBlameTheSourceThatHadTheLastWord() throws IOException {
    assertEquals(
        "--set train.ranks: train.ranks must be at least 1: train.ranks=0",
        refused("train:\n  ranks: 4", "train.ranks=0"));
    assertEquals(
        "run.yaml:2: train.ranks must be at least 1: train.ranks=0",
        refused("train:\n  ranks: 0", "train.seed=1"));
    assertEquals(
        "--set train.rank: unknown name: train.rank=4; did you mean ranks?",
        refused("", "train.rank=4"));
    assertTrue(refused("", "train.prompts=[a").startsWith("the value of --set must be YAML: "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny", "small", "30M", "250M", "460M", "980M", "2B", "7B"})
  void shouldKnowModelsByName(String name) throws IOException {
    RunSpec spec = read("model: " + name);

    assertEquals(ModelConfig.named(name, 9, 8), spec.model().config(9, 8));
    assertEquals(spec, read("", "model=" + name));
  }

  @Test
  void shouldChangeANamedModel() throws IOException {
    RunSpec spec = read("model: 30M", "model.nLayers=2");

    assertEquals(2, spec.model().nLayers());
    assertEquals(512, spec.model().dModel());
    assertEquals(
        "run.yaml:1: a model must be one of " + ModelConfig.NAMES + ": model=31M",
        refused("model: 31M"));
  }

  @Test
  void shouldTakePathsRelativeToTheFile() throws IOException {
    Files.createDirectories(folder.resolve("crawl"));
    Files.writeString(folder.resolve("tokenizer.neo.json"), "{}");
    RunSpec spec =
        read("corpus: {inputs: [crawl/, ./run.yaml]}\ntokenize: {file: tokenizer.neo.json}");

    assertEquals(
        List.of(folder.resolve("crawl").toString(), folder.resolve("run.yaml").toString()),
        spec.corpus().inputs());
    assertEquals(folder.resolve("tokenizer.neo.json").toString(), spec.tokenize().file());
  }

  @Test
  void shouldNamePathsThatCannotBeRead() throws IOException {
    String message =
        refused(
            """
            corpus:
              inputs:
              - run.yaml
              - nowhere/
              - null
            clean: {languageModel: lid.bin, profile: strict}
            """);

    assertEquals(
        List.of(
            "run.yaml:4: corpus.inputs[1] must be a readable file or folder: corpus.inputs[1]="
                + folder.resolve("nowhere"),
            "run.yaml:6: clean.languageModel must be a readable file or folder:"
                + " clean.languageModel="
                + folder.resolve("lid.bin"),
            "run.yaml:6: clean.profile must be one of "
                + Profile.NAMES
                + " or a readable file: clean.profile=strict",
            "run.yaml:5: corpus.inputs[2] must be a text: corpus.inputs[2]=null"),
        message.lines().map(String::strip).toList());
  }

  @Test
  void shouldLetInputsOfARunThatHasBegunBeGoneAndNothingElse() throws IOException {
    Path file = file("corpus: {inputs: [gone.jsonl]}\n");

    RunSpec spec = SpecFile.read(Optional.of(file), List.of(), true);

    assertEquals(List.of(folder.resolve("gone.jsonl").toString()), spec.corpus().inputs());
    UserError refused =
        assertThrows(
            UserError.class,
            () -> SpecFile.read(Optional.of(file), List.of("corpus.watch=[nowhere]"), true));
    assertTrue(refused.getMessage().contains("corpus.watch[0] must be"), refused.getMessage());
  }

  @Test
  void shouldTakeProfilesByNameAndFromFiles() throws IOException {
    String fineweb = Profile.named("fineweb").yaml();
    Files.writeString(folder.resolve("mine.yaml"), fineweb);

    assertEquals(fineweb, read("clean: {profile: fineweb}").clean().profile());
    assertEquals(fineweb, read("clean: {profile: mine.yaml}").clean().profile());
    Files.writeString(folder.resolve("mine.yaml"), "version: [");
    assertTrue(
        refused("clean: {profile: mine.yaml}").startsWith("run.yaml:1: clean.profile: "),
        refused("clean: {profile: mine.yaml}"));
  }

  @Test
  void shouldFillUpPhasesFromNothingOfThePreset() throws IOException {
    String phases =
        """
        mixture:
          phases:
          - name: only
            steps: 20
            weights: {code: 1}
            learningRate: {kind: exponential, peak: 1e-3, halfLifeSteps: 5}
          - {name: cool, steps: 5, weights: {code: 1}, learningRate: {peak: 1e-4}}
        """;
    RunSpec spec = read(phases);

    assertEquals(25, spec.mixture().steps());
    assertEquals(0, spec.mixture().phases().get(0).learningRate().warmupSteps());
    assertEquals(Map.of("code", 1.0), spec.mixture().phases().get(1).weights());
    assertEquals(
        "run.yaml:6: mixture.phases[0].learningRate: peak must be finite and > 0: peak=0.0",
        refused(phases.replace("peak: 1e-3, ", "")));
    assertEquals(
        "run.yaml:3: mixture.phases[0]: phase name must not be blank",
        refused(phases.replace("name: only\n    ", "")));
  }

  @Test
  void shouldTakeRulesOfDomains() throws IOException {
    RunSpec spec =
        read(
            """
            clean:
              domains:
              - {domain: books, source: "books/*"}
              - {domain: code, field: subset, value: 7}
            tokenize: {heldOutEveryOf: {books: 20}}
            mixture:
              domains: [books, code]
              phases:
              - {name: all, steps: 9, weights: {books: 1}, learningRate: {peak: 1e-3}}
            """);

    assertEquals(
        List.of(
            new DomainRule("books", "books/*", "", "", "", ""),
            new DomainRule("code", "", "", "", "subset", "7")),
        spec.clean().domains());
    assertEquals(Map.of("books", 20), spec.tokenize().heldOutEveryOf());
    assertEquals(spec, SpecFile.readWhole(SpecFile.write(spec), "f"));
    assertEquals(
        "run.yaml:3: clean.domains[0]: a rule must have at least one of source, url, language and"
            + " field: domain=books",
        refused("clean:\n  domains:\n  - {domain: books}"));
    assertEquals(
        List.of(
            "run.yaml:1: clean.domains[0].domain must be one of [code, en.web, zh.web]:"
                + " clean.domains[0].domain=books",
            "run.yaml:2: tokenize.heldOutEveryOf.b must be one of [code, en.web, zh.web]:"
                + " tokenize.heldOutEveryOf.b=b"),
        refused(
                "clean: {domains: [{domain: books, language: en}]}\n"
                    + "tokenize: {heldOutEveryOf: {b: 5}}")
            .lines()
            .map(String::strip)
            .toList());
    assertEquals(
        "run.yaml:1: tokenize.heldOutEveryOf.code must be at least 2: tokenize.heldOutEveryOf.code=1",
        refused("tokenize: {heldOutEveryOf: {code: 1}}"));
  }

  @Test
  void shouldRefuseAFileThatIsNoDefinition() throws IOException {
    UserError missing =
        assertThrows(
            UserError.class,
            () -> SpecFile.read(Optional.of(folder.resolve("no.yaml")), List.of(), false));
    assertTrue(missing.getMessage().contains("no.yaml; `ops/neo init` writes one"));
    assertTrue(refused("x: ".repeat(1 << 19)).contains("must have at most 1048576 bytes"));
    assertTrue(refused("a: &a [*a, *a]").startsWith("run.yaml:1: "));
  }

  @Test
  void shouldTellWhereTwoRunsDiffer() throws IOException {
    RunSpec one = read("");
    RunSpec other = read("clean: {profile: fineweb}\ntrain: {ranks: 4}");

    Map<String, List<String>> differences = SpecFile.differences(one, other);

    assertEquals(List.of("clean.profile", "train.ranks"), List.copyOf(differences.keySet()));
    assertEquals(List.of("2", "4"), differences.get("train.ranks"));
    assertTrue(differences.get("clean.profile").get(0).endsWith(" ..."));
    assertEquals(Map.of(), SpecFile.differences(one, read("")));
  }

  @Test
  void shouldBeginWithATemplateThatSaysTheDefaults() throws IOException {
    Path input = Files.createDirectories(folder.resolve("it's a: folder"));
    String template = RunTemplate.of("My Run", List.of(input.toString()), 2000, "30M");

    RunSpec small = RunSpec.small(List.of(input.toString()), 2000);
    RunSpec expected =
        SpecFile.read(Optional.empty(), List.of("model=30M", "steps=2000"), false)
            .withCorpus(small.corpus())
            .withName("my-run");
    RunSpec read = read(template);
    // What is written is rounded.
    assertEquals(
        List.of("mixture.phases"), List.copyOf(SpecFile.differences(expected, read).keySet()));
    assertEquals(2000, read.mixture().steps());
    for (int i = 0; i < 2; i++) {
      Phase exact = expected.mixture().phases().get(i);
      Phase rounded = read.mixture().phases().get(i);
      assertEquals(exact.name(), rounded.name());
      assertEquals(exact.steps(), rounded.steps());
      exact.weights().forEach((d, w) -> assertEquals(w, rounded.weights().get(d), 5e-5));
      assertEquals(
          exact.learningRate().at(7, exact.steps()),
          rounded.learningRate().at(7, rounded.steps()),
          1e-7);
    }
    assertTrue(template.lines().count() <= 40, template);
    assertTrue(refused(RunTemplate.of("-", List.of(), 2, "tiny")).contains("path/to/documents"));
    assertTrue(RunTemplate.of("-", List.of(), 2, "tiny").contains("name: run\n"));
  }

  private static final String RULE = "learningRate: {kind: constant, peak: 1e-3, floor: 0}}";

  @Test
  void shouldTakeTheLengthOfThePresetInTokens() throws IOException {
    String sizes = "mixture: {rows: 10}\ntokenize: {sequenceLength: 100}\n";

    assertEquals(2_500, read(sizes + "tokens: 2.5M").mixture().steps());
    assertEquals(3, read(sizes, "tokens=2500").mixture().steps());
    assertEquals(read(sizes + "steps: 40"), read(sizes + "tokens: 40k"));
    assertEquals(
        "run.yaml:3: tokens must be those of at least two steps: tokens=1499, steps=1",
        refused(sizes + "tokens: 1499"));
    assertTrue(refused(sizes + "tokens: many").contains("run.yaml:3: tokens must be a number"));
    assertTrue(
        refused("steps: 5\ntokens: 5k")
            .contains("only one of steps, tokens and mixture.phases may be given"));
  }

  @Test
  void shouldEndPhasesAtTheStepNearestToTheirTokens() throws IOException {
    RunSpec run =
        read(
            """
            tokenize: {sequenceLength: 100}
            mixture:
              rows: 10
              phases:
              - {name: a, tokens: 2.4k, weights: {code: 1}, %s
              - {name: b, tokens: 2.4k, weights: {code: 1}, ramp: 2, %s
              - {name: c, steps: 4, weights: {code: 1}, %s
              - {name: d, untilTokens: 30k, weights: {code: 1}, %s
            """
                .formatted(RULE, RULE, RULE, RULE));

    // Ends at 2.4, 4.8, 8.8 and 30 thousand tokens; a step takes one thousand.
    assertEquals(
        List.of(2L, 3L, 4L, 21L), run.mixture().phases().stream().map(Phase::steps).toList());
    assertEquals(2, run.mixture().phases().get(1).ramp());
    assertEquals(0, run.mixture().phases().get(0).ramp());
  }

  @Test
  void shouldRefuseLengthsThatAreNoneOrTwo() throws IOException {
    String phases =
        """
        tokenize: {sequenceLength: 100}
        mixture:
          rows: 10
          phases:
          - {name: a, %s, weights: {code: 1}, %s
          - {name: b, %s, weights: {code: 1}, %s
        """;
    String twice = refused(phases.formatted("steps: 2, tokens: 2k", RULE, "steps: 2", RULE));
    String back = refused(phases.formatted("tokens: 5k", RULE, "untilTokens: 5200", RULE));
    String word = refused(phases.formatted("tokens: few", RULE, "steps: 2", RULE));

    assertEquals(
        "run.yaml:5: only one of steps, tokens and untilTokens may be given:"
            + " mixture.phases[0].tokens",
        twice);
    assertEquals(
        "run.yaml:6: mixture.phases[1].untilTokens must reach at least one step of 1000 tokens"
            + " beyond the phase before: mixture.phases[1].untilTokens=5200, steps before=5",
        back);
    assertTrue(
        word.contains("run.yaml:5: mixture.phases[0].tokens: tokens must be a number"), word);
  }
}
