package dev.neostream.ops.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.clean.rule.Profile;
import dev.neostream.ops.account.CountBook;
import dev.neostream.ops.account.Funnel;
import dev.neostream.ops.account.RejectExamples;
import dev.neostream.ops.monitor.History;
import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.run.RunSpec;
import dev.neostream.ops.run.Start;
import dev.neostream.schemas.Stage;
import dev.neostream.schemas.avro.DomainLoss;
import dev.neostream.schemas.avro.LearningRate;
import dev.neostream.schemas.avro.LearningRateKind;
import dev.neostream.schemas.avro.MixtureChange;
import dev.neostream.schemas.avro.MixtureDecision;
import dev.neostream.schemas.avro.MixtureUpdate;
import dev.neostream.schemas.avro.Phase;
import dev.neostream.schemas.avro.RejectedDocument;
import dev.neostream.schemas.avro.StepReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;

class ReportTest {

  @TempDir Path folder;

  /** A run whose funnel adds up when 30 documents are rejected by cleaning. */
  static Status status(long cleanRejected) {
    Map<Stage, CountBook.Counts> stages =
        Map.of(
            Stage.CLEAN,
                new CountBook.Counts(90, 60, cleanRejected, 0, 0, 0, 0, Map.of("en en.web", 60L)),
            Stage.DEDUP, new CountBook.Counts(60, 55, 0, 5, 0, 0, 0, Map.of()),
            Stage.TOKENIZE, new CountBook.Counts(55, 52, 0, 0, 3, 25_600, 100, Map.of()));
    return new Status(
        "complete",
        "",
        "",
        "",
        new Status.Ranks(2, 2, 2, "", "", 0),
        0,
        -1,
        0,
        new Status.Ingest(100, 90, 10, 1_000, 0, true),
        stages,
        Map.of(),
        7,
        new Funnel.Tables(
            List.of(new Funnel.Kept("en", "en.web", 60)),
            List.of(
                new Funnel.Rejects(Stage.CLEAN, "gopher.word_count", "en", "en.web", cleanRejected),
                new Funnel.Rejects(Stage.INGEST, "jsonl.syntax", "", "", 10))),
        List.of(new Status.ShadowCount("strict-1", "gopher.word_count", false, "en", 7)),
        Map.of("exact", 5L),
        Map.of("en.web", 100L),
        Status.starting(30).flow(),
        new Status.Training(
            29,
            30,
            "decay",
            1e-3,
            4.5,
            1,
            100,
            0.1,
            30,
            3,
            0,
            0,
            Map.of(),
            Map.of("en.web", 64_000L),
            "ab"),
        new Status.Mixture(
            1, Map.of("en.web", 1.0), 0, Map.of("en.web", 240.0), Map.of("en.web", 240L)),
        Map.of(19L, 7.0, 29L, 5.0),
        Map.of("en.web", 5.0),
        new Status.HeldOutSet(2, 19, 14, 3_584, 2, ""),
        List.of(
            new Status.Evaluated("blimp", "acc", "all", 29, 0.5625, 0.0125, 0.5, 1_200),
            new Status.Evaluated("text", "bits_per_byte", "en|web", 29, 2.5, Double.NaN, 8, 9)),
        29,
        "checkpoints/step-00000029",
        0);
  }

  private static List<StepReport> steps() {
    var steps = new ArrayList<StepReport>();
    for (long step = 0; step < 30; step++) {
      steps.add(
          new StepReport(
              step,
              step < 10 ? 1 : 2,
              step < 20 ? "fundamental" : "decay",
              1e-3,
              9.0 - step / 10.0,
              2048L,
              List.of(new DomainLoss("en.web", 8, 2048L, 9.0)),
              1.0,
              5L,
              6L,
              step,
              0.5,
              0.1,
              "here"));
    }
    return steps;
  }

  /** Two plans: the second asks for code too, which does not come. */
  private static Map<Integer, MixtureUpdate> plans() {
    return Map.of(
        1, plan(1, Map.of("en.web", 2.0)),
        2, plan(2, Map.of("en.web", 3.0, "code", 1.0)));
  }

  private static MixtureUpdate plan(int version, Map<String, Double> weights) {
    var rate = new LearningRate(LearningRateKind.COSINE, 1e-3, 1e-4, 0L, 0.0, 0L, 0L);
    return new MixtureUpdate(
        version,
        version - 1,
        "me",
        "because",
        0L,
        List.of(
            new Phase("fundamental", 20L, weights, rate, 0L),
            new Phase("decay", 10L, weights, rate, 0L)),
        false);
  }

  private static History history(List<StepReport> steps) {
    var examples = new RejectExamples();
    examples.add(
        new RejectedDocument(
            "ab",
            7L,
            "crawl",
            "http://a.org/x?<b>`|",
            "a.warc",
            9L,
            "clean",
            "gopher.word_count",
            "12",
            ">= 50",
            "en",
            "en.web",
            ""));
    return new History(
        steps,
        List.of(
            new Status.Change(1, true, 0, "me", "because", 0, ""),
            new Status.Change(2, true, 10, "you", "more code", 0, "")),
        plans(),
        List.of(
            new MixtureDecision(
                2, false, 12L, "sequencer", "no block", 0L, "", MixtureChange.SILENT, "code"),
            new MixtureDecision(
                2, false, 14L, "sequencer", "again", 0L, "", MixtureChange.REPEAT, "en.web")),
        examples.list());
  }

  private String report(Status status, List<StepReport> steps, String sample) throws Exception {
    Report.write(new RunFolder(folder), RunSpec.demo(30), status, history(steps), sample);
    return Files.readString(folder.resolve("report.md"));
  }

  private String page() throws Exception {
    return Files.readString(folder.resolve("report.html"));
  }

  private Document picture(String name) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(folder.resolve(name).toFile());
  }

  @Test
  void shouldShowEveryRuleByLanguageAndDomain() throws Exception {
    String report = report(status(30), steps(), "");

    assertTrue(report.contains("| stage | rule | en.web | not known | all |"), report);
    assertTrue(report.contains("| clean | `gopher.word_count` | 30 |  | 30 |"), report);
    assertTrue(report.contains("| ingest | `jsonl.syntax` |  | 10 | 10 |"), report);
    assertTrue(report.contains("| clean | **kept** | 60 |  | 60 |"), report);
    assertTrue(report.contains("| strict-1 | reject | `gopher.word_count` | en | 7 |"), report);
  }

  @Test
  void shouldShowAFunnelThatAddsUp() throws Exception {
    String report = report(status(30), steps(), "text");

    assertTrue(report.contains("| rejected by cleaning | 30 | 30.0 % |"), report);
    assertTrue(report.contains("| **sum** | **100** | adds up |"), report);
    assertTrue(report.contains("| clean | `gopher.word_count` | 30 |"), report);
  }

  @Test
  void shouldSayWhenTheFunnelDoesNotAddUp() throws Exception {
    assertTrue(report(status(29), steps(), "").contains("**DOES NOT ADD UP**"));
  }

  @Test
  void shouldDrawWellFormedCharts() throws Exception {
    report(status(30), steps(), "");

    for (String name : List.of("loss.svg", "mixture.svg")) {
      Document svg = picture(name);
      assertEquals("svg", svg.getDocumentElement().getTagName());
      assertTrue(svg.getElementsByTagName("polyline").getLength() >= 1);
      assertFalse(Files.readString(folder.resolve(name)).contains("NaN"));
      assertTrue(Files.readString(folder.resolve(name)).contains(">plan 2<"), name);
    }
  }

  @Test
  void shouldPutWhatWasAskedBesideWhatCame() throws Exception {
    String report = report(status(30), steps(), "");

    for (String row :
        List.of(
            "| plan | phase | steps | domain | asked | delivered |",
            "| 1 | fundamental | 0 to 9 | en.web | 100.0 % | 100.0 % |",
            "| 2 | fundamental | 10 to 19 | code | 25.0 % | 0.0 % |",
            "| 2 | fundamental | 10 to 19 | en.web | 75.0 % | 100.0 % |",
            "| 2 | decay | 20 to 29 | en.web | 75.0 % | 100.0 % |",
            "| 2 | 10 | fundamental | you | more code |",
            "| 12 | code | silent | no block |")) {
      assertTrue(report.lines().anyMatch(row::equals), row + " in " + report);
    }
  }

  @Test
  void shouldSayHowOftenEachDomainWasRead() throws Exception {
    String report = report(status(30), steps(), "");

    // 100 blocks of 256 tokens, trained on two and a half times.
    assertTrue(report.contains("\n| en.web | 25,600 | 64,000 | 2.50 | 1 |\n"), report);
    assertTrue(report.contains("\n| code | 0 | 0 |  | 0 |\n"), report);
  }

  @Test
  void shouldAnswerWhatAStrangerAsksFirst() {
    RunSpec spec = RunSpec.demo(30).withClean(RunSpec.demo(30).clean(), "extract-9");
    List<Start> starts =
        List.of(
            new Start(1_000, 61_000, "ops/neo demo", "old", "17", "small"),
            new Start(
                100_000,
                3_702_400,
                "ops/neo demo --dir 'a b'",
                "neo-stream 9 (abc)",
                "17.0.9",
                "2 cores"));

    String facts = Report.facts(spec, starts, OptionalInt.of(8192)).markdown();

    assertEquals(
        """
        |  |  |
        |---|---|
        | command | `ops/neo demo --dir 'a b'` |
        | started | 1970-01-01 00:00:01 UTC |
        | ended | 1970-01-01 01:01:42 UTC |
        | at work | 1 h 1 min 2 s, in 2 starts |
        | machine | 2 cores |
        | version | neo-stream 9 (abc), Java 17.0.9 |
        | cleaning profile | %s at the start; cleaner extract-9 |
        | model | 2,851,968 parameters: 4 layers, width 128, 4 heads, 1 of keys and values |
        | tokenizer | 8,192 ids |
        | a step | 4 sequences of 256 tokens, by 2 ranks at first |

        """
            .formatted(Profile.named("documentation").version()),
        facts);
  }

  @Test
  void shouldShowRejectsWithWhatWasFoundInThem() throws Exception {
    String report = report(status(30), steps(), "");

    assertTrue(
        report.contains(
            "| clean | `gopher.word_count` | `http://a.org/x?<b>'\\|` | 12 | &gt;= 50 |"),
        report);
    assertTrue(
        page().contains("<td><code>http://a.org/x?&lt;b&gt;`|</code></td><td>12</td>"), page());
  }

  @Test
  void shouldLinkOnlyToWhatIsThere() throws Exception {
    Files.createDirectories(folder.resolve("checkpoints/step-00000029"));
    Files.writeString(folder.resolve("metrics.jsonl"), "");

    String report = report(status(30), steps(), "");

    Pattern link = Pattern.compile("(?:href|src)=\"([^\"]*)\"");
    List<String> links = link.matcher(page()).results().map(found -> found.group(1)).toList();
    assertEquals(
        List.of("loss.svg", "mixture.svg", "checkpoints/step-00000029", "metrics.jsonl"), links);
    for (String file : links) {
      assertTrue(Files.exists(folder.resolve(file)), file);
      assertTrue(report.contains("](" + file + ")"), file);
    }
  }

  @Test
  void shouldSayTheSameInBothForms() throws Exception {
    String report = report(status(30), steps(), "text");
    String page = page();

    for (String text :
        List.of("Report of run demo", "adds up", "How it was run", "more code", "64,000")) {
      assertTrue(report.contains(text), text);
      assertTrue(page.contains(text), text);
    }
    long rows = report.lines().filter(line -> line.startsWith("| ")).count();
    assertEquals(rows, page.split("<tr>", -1).length - 1);
  }

  @Test
  void shouldKeepAFenceInTheSampleFromBreakingThePage() throws Exception {
    String report = report(status(30), steps(), "a ``` b");

    assertEquals(2, report.split("```", -1).length - 1);
  }

  @Test
  void shouldReportARunThatNeverTrained() throws Exception {
    assertFalse(report(status(30), List.of(), "").contains("## Training"));
    assertFalse(page().contains("<img"));
  }

  @Test
  void shouldNotLetStrangersWriteTheReport() throws Exception {
    Status honest = status(30);
    String evil = "x\u001b[2J|<script>alert(1)</script>\n# owned `";
    var status =
        new Status(
            honest.state(),
            evil,
            "",
            "",
            honest.ranks(),
            0,
            -1,
            0,
            honest.ingest(),
            honest.stages(),
            honest.documentsPerSecond(),
            7,
            new Funnel.Tables(
                List.of(new Funnel.Kept("en", evil, 60)),
                List.of(new Funnel.Rejects(Stage.CLEAN, evil, evil, evil, 30))),
            List.of(new Status.ShadowCount(evil, evil, false, evil, 7)),
            Map.of(evil, 5L),
            Map.of(evil, 100L),
            honest.flow(),
            honest.training(),
            new Status.Mixture(1, Map.of(evil, 1.0), 0, Map.of(evil, 1.0), Map.of(evil, 1L)),
            honest.heldOut(),
            honest.heldOutByDomain(),
            honest.heldOutSet(),
            honest.evaluations(),
            29,
            honest.checkpointPath(),
            0);

    String report = report(status, steps(), "text ``` " + evil);

    assertFalse(report.contains("\u001b"), report);
    // The sample stands in a block of code, where nothing is read as HTML or as a heading.
    String outside = report.substring(0, report.indexOf("```text"));
    assertFalse(outside.replace("\\`", "").replaceAll("`[^`\n]*`", "").contains("<script"), report);
    assertFalse(outside.lines().anyMatch(line -> line.startsWith("# owned")), report);
    assertEquals(2, report.split("```", -1).length - 1, report);
    String page = page();
    assertFalse(page.contains("<script") || page.contains("\u001b"), page);
    assertTrue(page.contains("x\\u001b[2J|&lt;script&gt;"), page);
  }
}
