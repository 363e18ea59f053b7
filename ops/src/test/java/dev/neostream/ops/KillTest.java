package dev.neostream.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.neostream.checkpoint.store.CheckpointStore;
import dev.neostream.checkpoint.store.Stored;
import dev.neostream.ops.embedded.ListeningSockets;
import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.run.RunSpec;
import dev.neostream.ops.run.SpecFile;
import dev.neostream.schemas.Stage;
import dev.neostream.schemas.avro.StepReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The product's promise, for real at small size: a run that is killed in the middle of reading,
 * training and checkpointing ends exactly as one that is left alone.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KillTest {

  private static final int PAGES = 900;
  private static final int STEPS = 24;

  @TempDir static Path folder;
  private static List<Path> inputs;
  private static Path calm;
  private static RunContents calmContents;

  private static List<String> demo(Path run) {
    var arguments =
        new ArrayList<>(
            List.of(
                "demo",
                "--dir",
                run.toString(),
                "--steps",
                Integer.toString(STEPS),
                "--checkpoint-every",
                "6",
                "--only-input"));
    inputs.forEach(input -> arguments.addAll(List.of("--input", input.toString())));
    return arguments;
  }

  /** The same run as a user would define it. */
  private static List<String> run(Path run) throws IOException {
    var yaml =
        new StringBuilder(
            "preset: demo\nsteps: "
                + STEPS
                + "\ntrain: {checkpointEvery: 6}\nclean: {profile: recommended}\n"
                + "corpus:\n  demo: false\n  inputs:\n");
    inputs.forEach(input -> yaml.append("  - ").append(input).append('\n'));
    Path file = Files.writeString(folder.resolve("run.yaml"), yaml);
    return List.of("run", "--config", file.toString(), "--dir", run.toString());
  }

  @BeforeAll
  static void runUndisturbed() throws IOException, InterruptedException {
    inputs = TestCorpus.write(folder.resolve("corpus"), PAGES);
    calm = folder.resolve("calm");
    NeoProcess neo = NeoProcess.start(folder.resolve("calm.out"), demo(calm));
    neo.await("training", () -> lines(calm.resolve("metrics.jsonl")) > 0);
    watchSockets(neo);
    watchMetrics();
    watchPermissions();
    String login = new RunFolder(calm).address().orElseThrow().kafka().get("sasl.jaas.config");
    int exit = neo.await();
    assertEquals(0, exit, neo.printed());
    assertSecret(login.replaceAll(".*password=\"([^\"]+)\".*", "$1"), neo);
    assertFalse(Files.exists(calm.resolve("media-driver.json")));
    calmContents = RunContents.read(calm);
  }

  /** Launcher and ranks: nothing may listen beyond loopback. */
  private static void watchSockets(NeoProcess neo) throws IOException {
    List<Long> pids = new ArrayList<>(List.of(neo.process().pid()));
    try (Stream<ProcessHandle> children = neo.process().descendants()) {
      children.forEach(child -> pids.add(child.pid()));
    }
    assertTrue(pids.size() >= 3, "launcher and two ranks: " + pids);
    for (long pid : pids) {
      List<String> open = ListeningSockets.of(pid);
      assertEquals(List.of(), open.stream().filter(a -> !ListeningSockets.isLoopback(a)).toList());
    }
  }

  private static void watchMetrics() throws IOException, InterruptedException {
    int port = new RunFolder(calm).address().orElseThrow().metricsPort();
    HttpResponse<String> metrics =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build(),
                HttpResponse.BodyHandlers.ofString());
    assertTrue(metrics.body().contains("neo_pipeline_ledger_balanced 1.0"), metrics.body());
    for (String engine :
        List.of(
            "neo_kafka_written_bytes_total{topic=\"raw.documents\"}",
            "neo_flink_state_bytes ",
            "neo_rank_cpu_seconds_total{rank=\"1\"}")) {
      assertTrue(metrics.body().contains("\n" + engine), metrics.body());
    }
    assertTrue(
        metrics.body().contains("neo_pipeline_read_documents_total{stage=\"clean\"}"),
        metrics.body());
  }

  /** Whoever may read a log may not use the brokers. */
  private static void assertSecret(String secret, NeoProcess neo) throws IOException {
    assertTrue(secret.matches("[\\w-]{32}"), secret);
    assertFalse(neo.printed().contains(secret));
    try (Stream<Path> logs = Files.list(calm.resolve("logs"))) {
      for (Path log : logs.toList()) {
        assertFalse(Files.readString(log).contains(secret), log.toString());
      }
    }
    assertFalse(Files.exists(calm.resolve("address.json")));
  }

  /** What the engines make too: nothing that another user could open. */
  private static void watchPermissions() throws IOException {
    Path driver =
        Path.of(
            new ObjectMapper()
                .readTree(calm.resolve("media-driver.json").toFile())
                .get("folder")
                .asText());
    for (Path path : List.of(calm, driver, calm.resolve("address.json"), calm.resolve("logs"))) {
      Set<PosixFilePermission> others = Files.getPosixFilePermissions(path);
      others.removeAll(PosixFilePermissions.fromString("rwx------"));
      assertEquals(Set.of(), others, path.toString());
    }
  }

  private static long lines(Path file) throws IOException {
    if (!Files.exists(file)) {
      return 0;
    }
    try (Stream<String> lines = Files.lines(file)) {
      return lines.count();
    }
  }

  private static long bytes(Path folder, String prefix) throws IOException {
    if (!Files.exists(folder)) {
      return 0;
    }
    long bytes = 0;
    try (Stream<Path> partitions = Files.list(folder)) {
      for (Path partition :
          partitions.filter(p -> p.getFileName().toString().startsWith(prefix)).toList()) {
        try (Stream<Path> files = Files.list(partition)) {
          for (Path file : files.filter(f -> f.toString().endsWith(".log")).toList()) {
            bytes += Files.size(file);
          }
        }
      }
    }
    return bytes;
  }

  private static boolean checkpointing(Path run) throws IOException {
    Path checkpoints = run.resolve("checkpoints");
    if (!Files.exists(checkpoints)) {
      return false;
    }
    try (Stream<Path> files = Files.list(checkpoints)) {
      return files.anyMatch(file -> file.getFileName().toString().endsWith(".partial"));
    }
  }

  private static boolean hasFlinkCheckpoint(Path run) throws IOException {
    Path checkpoints = run.resolve("flink/checkpoints");
    if (!Files.exists(checkpoints)) {
      return false;
    }
    try (Stream<Path> files = Files.walk(checkpoints)) {
      return files.anyMatch(file -> file.getFileName().toString().equals("_metadata"));
    } catch (UncheckedIOException deletedMeanwhile) {
      return false;
    }
  }

  private static void assertAccounted(RunContents contents) {
    assertEquals(new HashSet<>(contents.raw()).size(), contents.raw().size());
    List<String> outcomes = new ArrayList<>(contents.rejected());
    outcomes.addAll(contents.duplicates());
    outcomes.addAll(contents.tokenised());
    assertEquals(new HashSet<>(outcomes).size(), outcomes.size(), "one outcome a document");
    assertEquals(contents.raw().size(), outcomes.size() + contents.held().size());
    assertTrue(new HashSet<>(contents.raw()).containsAll(outcomes));
    // A lane's open block is shorter than a block, so few documents can wait in each of the 51.
    assertTrue(contents.held().size() < 150, "held: " + contents.held().size());
  }

  @Test
  @Order(1)
  void shouldAccountForEveryRecord() throws IOException {
    Status status =
        new RunFolder(calm).read(calm.resolve("status.json"), Status.class).orElseThrow();

    assertAccounted(calmContents);
    assertEquals("complete", status.state());
    assertEquals(TestCorpus.records(PAGES), status.ingest().read());
    assertEquals(1, status.ingest().rejected());
    assertEquals(calmContents.raw().size(), status.ingest().written());
    assertEquals(calmContents.duplicates().size(), status.stages().get(Stage.DEDUP).duplicates());
    assertEquals(calmContents.tokenised().size(), status.stages().get(Stage.TOKENIZE).emitted());
    assertEquals(calmContents.held().size(), status.stages().get(Stage.TOKENIZE).held());
    // The page that names a domain of its own goes to the domain of its language.
    assertEquals(0, status.stages().get(Stage.TOKENIZE).rejected());
    assertFalse(calmContents.duplicates().isEmpty());
    assertFalse(calmContents.rejected().isEmpty());
  }

  @Test
  @Order(2)
  void shouldTrainThroughBothPhasesAndLeaveAReadableCheckpointAndReport() throws IOException {
    List<StepReport> steps = calmContents.steps();

    assertEquals(STEPS, steps.size());
    assertEquals("fundamental", steps.get(0).getPhase());
    assertEquals("decay", steps.get(STEPS - 1).getPhase());
    Stored newest = new CheckpointStore(calm.resolve("checkpoints")).newest().orElseThrow();
    newest.verify();
    assertEquals(STEPS - 1, newest.manifest().getStep());
    assertEquals(steps.get(STEPS - 1).getParameterHash(), newest.manifest().getParameterHash());
    String report = Files.readString(calm.resolve("report.md"));
    assertTrue(report.contains("| adds up |"), report);
    String page = Files.readString(calm.resolve("report.html"));
    List<String> links =
        Pattern.compile("(?:href|src)=\"([^\"]*)\"")
            .matcher(page)
            .results()
            .map(link -> link.group(1))
            .toList();
    assertTrue(links.containsAll(List.of("loss.svg", "mixture.svg", "config.resolved.yaml")), page);
    links.forEach(link -> assertTrue(Files.exists(calm.resolve(link)), link));
    assertTrue(report.contains("| command | `ops/neo demo --dir "), report);
  }

  @Test
  @Order(2)
  void shouldAnswerForItsData() throws Exception {
    Path card = folder.resolve("card");
    NeoProcess neo =
        NeoProcess.start(
            folder.resolve("card.out"),
            List.of("card", "--dir", calm.toString(), "--out", card.toString()));
    assertEquals(0, neo.await(), neo.printed());

    RunContents contents = calmContents;
    long kept = contents.raw().size() - contents.rejected().size() - contents.duplicates().size();
    String text = Files.readString(card.resolve("card.md"));
    assertTrue(
        text.contains("state complete: %,d documents, ".formatted(contents.raw().size())), text);
    assertTrue(text.contains(" of 3 sources; %,d of them kept, ".formatted(kept)), text);
    assertTrue(text.contains("| `code` | 225 |"), text);
    assertTrue(text.contains("| `example.org` | "), text);
    assertTrue(Files.exists(card.resolve("training-data-summary.md")));
    List<String> events = Files.readAllLines(card.resolve("openlineage.jsonl"));
    assertEquals(6, events.size());
    assertEquals("COMPLETE", new ObjectMapper().readTree(events.get(5)).get("eventType").asText());
  }

  /** Changes one byte of the newest complete model, and returns its file. */
  private static Path damageNewestCheckpoint(Path run) throws IOException {
    Path model =
        new CheckpointStore(run.resolve("checkpoints"))
            .newest()
            .orElseThrow()
            .file("model.safetensors");
    try (FileChannel file =
        FileChannel.open(model, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer one = ByteBuffer.allocate(1);
      long middle = file.size() / 2;
      file.read(one, middle);
      one.put(0, (byte) (one.get(0) ^ 1));
      file.write(one.flip(), middle);
    }
    return model;
  }

  @Test
  @Order(3)
  void shouldEndTheSameWhenKilledAgainAndAgain() throws Exception {
    Path run = folder.resolve("killed");
    Path output = folder.resolve("killed.out");

    NeoProcess neo = NeoProcess.start(output, run(run));
    neo.await("ingest", () -> bytes(run.resolve("kafka"), "demo.raw.documents.v1") > 0);
    neo.kill();
    neo = NeoProcess.start(output, demo(run));
    neo.await("a Flink checkpoint", () -> hasFlinkCheckpoint(run));
    neo.kill();
    neo = NeoProcess.start(output, demo(run));
    neo.await("training", () -> lines(run.resolve("metrics.jsonl")) > 2);
    neo.kill();
    neo = NeoProcess.startInEgypt(output, run(run));
    neo.await(
        "a second checkpoint",
        () ->
            new CheckpointStore(run.resolve("checkpoints")).newest().isPresent()
                && checkpointing(run));
    neo.kill();
    Path damaged = damageNewestCheckpoint(run);
    neo = NeoProcess.start(output, List.of("run", "--dir", run.toString()));
    assertEquals(0, neo.await(), neo.printed());
    assertTrue(neo.printed().contains(damaged + ": changed"), neo.printed());

    RunContents contents = RunContents.read(run);
    assertAccounted(contents);
    assertEquals(new HashSet<>(calmContents.raw()), new HashSet<>(contents.raw()));
    assertEquals(calmContents.blockHashes(), contents.blockHashes());
    assertEquals(calmContents.batches(), contents.batches());
    assertEquals(STEPS, contents.steps().size());
    for (int step = 0; step < STEPS; step++) {
      StepReport expected = calmContents.steps().get(step);
      StepReport actual = contents.steps().get(step);
      assertEquals(step, actual.getStep());
      assertEquals(
          Double.doubleToLongBits(expected.getLoss()),
          Double.doubleToLongBits(actual.getLoss()),
          "loss of step " + step);
      assertEquals(expected.getParameterHash(), actual.getParameterHash());
      assertEquals(expected.getBatchHash(), actual.getBatchHash());
    }
  }

  @Test
  @Order(4)
  void shouldSayThatACompleteRunIsComplete() throws Exception {
    NeoProcess again = NeoProcess.start(folder.resolve("again.out"), demo(calm));

    assertEquals(0, again.await());
    assertTrue(again.printed().contains("The run is complete"), again.printed());
  }

  @Test
  @Order(5)
  void shouldChangeTheMixtureSurviveALostRankAndStopCleanly() throws Exception {
    Path run = folder.resolve("mixed");
    List<String> longer = demo(run);
    longer.set(longer.indexOf("--steps") + 1, "400");
    NeoProcess neo = NeoProcess.start(folder.resolve("mixed.out"), longer);
    neo.await("training", () -> lines(run.resolve("metrics.jsonl")) > 3);
    long before = lines(run.resolve("metrics.jsonl"));

    Path mixOutput = folder.resolve("mix.out");
    NeoProcess mix =
        NeoProcess.start(
            mixOutput,
            List.of(
                "mix",
                "set",
                "--dir",
                run.toString(),
                "--weights",
                "code=0.6,en.web=0.2,zh.web=0.2",
                "--why",
                "trial",
                "--by",
                "tester"));
    assertEquals(0, mix.await(), mix.printed());
    long after = status(run).training().step();
    neo.await("steps under the new plan", () -> status(run).mixture().planVersion() == 2);
    long fromStep = status(run).mixture().fromStep();
    neo.await("ten such steps", () -> status(run).training().step() >= fromStep + 10);
    JsonNode forecast = new ObjectMapper().readTree(neo(run, "preview", "--json"));
    assertEquals(400, forecast.get("steps").asLong());
    assertEquals(0.6, forecast.get("domains").get("code").get("share").asDouble(), 1e-9);
    neo(run, "undo", "--why", "enough");
    String first = neo(run, "show", "--yaml");
    RunSpec stored = new RunFolder(run).spec().orElseThrow();
    assertEquals(SpecFile.writePlan(stored.mixture().plan()), first);
    Path longerDecay = folder.resolve("plan.yaml");
    long decay = stored.mixture().phases().get(1).steps();
    Files.writeString(longerDecay, first.replace("steps: " + decay, "steps: " + (decay + 7)));
    neo(run, "apply", longerDecay.toString(), "--why", "longer");
    JsonNode plain = new ObjectMapper().readTree(neo(run, "preview", "--json"));
    assertEquals(407, plain.get("steps").asLong());
    String evenly = "code=1,en.web=1,zh.web=1";
    JsonNode ramped =
        new ObjectMapper()
            .readTree(neo(run, "preview", "--weights", evenly, "--ramp", "20", "--json"));
    assertTrue(
        ramped.at("/domains/code/ahead").asLong() > 1.5 * plain.at("/domains/code/ahead").asLong(),
        ramped.toString());
    neo(run, "set", "--weights", evenly, "--ramp", "20", "--why", "slowly");
    neo(run, "decay", "--last", "300", "--now", "--why", "to land");
    Path history = folder.resolve("history.out");
    NeoProcess asked =
        NeoProcess.start(history, List.of("mix", "history", "--dir", run.toString(), "--json"));
    assertEquals(0, asked.await());
    long lostAt = status(run).training().step();
    ProcessHandle survivor = ranks(neo).get(1);
    ranks(neo).get(0).destroyForcibly();
    neo.await("steps after a lost rank", () -> status(run).training().step() >= lostAt + 5);
    assertTrue(survivor.isAlive());
    assertEquals(1, status(run).restarts());
    neo.terminate();
    int exit = neo.await();

    assertTrue(neo.printed().contains("the others keep what they hold"), neo.printed());
    assertTrue(neo.printed().contains("\nStopping when all that was read is safe"), neo.printed());
    assertTrue(neo.printed().contains("Stopped cleanly. Resume with"), neo.printed());
    assertEquals(130, exit);
    Path stopped = folder.resolve("stopped.out");
    NeoProcess askedAgain =
        NeoProcess.start(stopped, List.of("mix", "history", "--dir", run.toString(), "--json"));
    assertEquals(0, askedAgain.await(), askedAgain.printed());
    assertEquals(Files.readString(history), Files.readString(stopped));
    JsonNode plan = new ObjectMapper().readTree(history.toFile()).get(1);
    assertEquals("tester", plan.get("author").asText());
    assertEquals("trial", plan.get("reason").asText());
    assertEquals(fromStep, plan.get("fromStep").asLong());
    assertTrue(plan.get("accepted").asBoolean());
    JsonNode plans = new ObjectMapper().readTree(history.toFile());
    assertEquals("enough", plans.get(2).get("reason").asText());
    assertEquals("longer", plans.get(3).get("reason").asText());
    assertTrue(plans.get(3).get("accepted").asBoolean());
    assertEquals("slowly", plans.get(4).get("reason").asText());
    assertTrue(plans.get(4).get("accepted").asBoolean());
    assertTrue(plans.get(plans.size() - 1).get("accepted").asBoolean());
    assertEquals("to land", plans.get(plans.size() - 1).get("reason").asText());
    // In force from the first step that was not made yet: at most four ahead of the one trained.
    assertTrue(fromStep >= before, "from " + fromStep + ", before " + before);
    assertTrue(fromStep <= after + 1 + 4 + 1, "from " + fromStep + ", after " + after);
    Status last = status(run);
    assertEquals("stopped", last.state());
    assertEquals(last.training().step(), last.checkpointStep());
    // What was owed before the plan in force is delivered under it, and it leaves debts of its own.
    last.mixture()
        .asked()
        .forEach(
            (domain, asked2) ->
                assertTrue(
                    Math.abs(last.mixture().delivered().getOrDefault(domain, 0L) - asked2) < 2,
                    last.mixture().toString()));
  }

  /** Returns what a verb of {@code mix} prints, which must succeed. */
  private static String neo(Path run, String verb, String... more) throws Exception {
    Path output = folder.resolve(verb + System.nanoTime() + ".out");
    List<String> arguments = new ArrayList<>(List.of("mix", verb));
    arguments.addAll(List.of(more));
    arguments.addAll(List.of("--dir", run.toString()));
    NeoProcess mix = NeoProcess.start(output, arguments);
    assertEquals(0, mix.await(), mix.printed());
    return mix.printed();
  }

  private static List<ProcessHandle> ranks(NeoProcess neo) {
    try (Stream<ProcessHandle> children = neo.process().descendants()) {
      return children.toList();
    }
  }

  private static Status status(Path run) {
    return new RunFolder(run).read(run.resolve("status.json"), Status.class).orElseThrow();
  }
}
