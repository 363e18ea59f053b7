package dev.neostream.ops.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.ops.account.CountBook;
import dev.neostream.ops.account.Funnel;
import dev.neostream.ops.monitor.Status;
import dev.neostream.ops.run.RunFolder;
import dev.neostream.ops.run.RunSpec;
import dev.neostream.ops.run.Supervisor;
import dev.neostream.schemas.Stage;
import dev.neostream.schemas.avro.DomainLoss;
import dev.neostream.schemas.avro.StepReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
        new Status.Training(
            29, 30, "decay", 1e-3, 4.5, 1, 100, 0.1, 30, 3, 0, Map.of(), Map.of(), "ab"),
        new Status.Mixture(
            1, Map.of("en.web", 1.0), 0, Map.of("en.web", 240.0), Map.of("en.web", 240L)),
        Map.of(19L, 7.0, 29L, 5.0),
        Map.of("en.web", 5.0),
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
              1,
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
              0.1));
    }
    return steps;
  }

  private String report(Status status, List<StepReport> steps, String sample) throws Exception {
    Report.write(
        new RunFolder(folder),
        RunSpec.demo(30),
        new Supervisor.Ended(
            status, steps, List.of(new Status.Change(1, true, 0, "me", "because", 0, "")), sample));
    return Files.readString(folder.resolve("report.md"));
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
      Document svg =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(folder.resolve(name).toFile());
      assertEquals("svg", svg.getDocumentElement().getTagName());
      assertTrue(svg.getElementsByTagName("polyline").getLength() >= 1);
      assertFalse(Files.readString(folder.resolve(name)).contains("NaN"));
    }
  }

  @Test
  void shouldKeepAFenceInTheSampleFromBreakingThePage() throws Exception {
    String report = report(status(30), steps(), "a ``` b");

    assertEquals(2, report.split("```", -1).length - 1);
  }

  @Test
  void shouldReportARunThatNeverTrained() throws Exception {
    assertFalse(report(status(30), List.of(), "").contains("## Training"));
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
            honest.training(),
            new Status.Mixture(1, Map.of(evil, 1.0), 0, Map.of(evil, 1.0), Map.of(evil, 1L)),
            honest.heldOut(),
            honest.heldOutByDomain(),
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
  }
}
