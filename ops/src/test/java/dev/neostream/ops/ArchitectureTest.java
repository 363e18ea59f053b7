package dev.neostream.ops;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

@AnalyzeClasses(
    packages = "dev.neostream.ops",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String NEO = "dev.neostream.";
  private static final String ROOT = NEO + "ops";
  private static final String JSON = "com.fasterxml.jackson..";

  private static final String[] EVERYWHERE = {"java..", "com.sun.management", "org.slf4j"};

  /**
   * Every package, and what it sees besides itself and the JDK. Engines are seen by the embedded
   * ones and, for Flink, by the job alone, which sees no other room: it is to become the jar that a
   * Flink cluster is given. Accounts are pure.
   */
  private static final Map<String, List<String>> SEES =
      Map.ofEntries(
          sees("", NEO + "schemas", JSON, "org.apache.commons.text.."),
          sees(".account", NEO + "schemas", NEO + "schemas.avro", NEO + "tokens.mixture"),
          sees(
              ".align",
              ROOT,
              NEO + "schemas",
              NEO + "schemas.avro",
              NEO + "tokens..",
              NEO + "checkpoint.store",
              NEO + "trainer.align",
              NEO + "trainer.checkpoint",
              NEO + "trainer.model",
              NEO + "trainer.optim",
              NEO + "trainer.train",
              JSON),
          sees(
              ".bench",
              ROOT,
              ROOT + ".embedded",
              ROOT + ".file",
              ROOT + ".job",
              ROOT + ".run",
              NEO + "schemas..",
              NEO + "ingest..",
              NEO + "clean..",
              NEO + "dedup..",
              NEO + "tokens..",
              "org.apache.flink.api.connector.sink2"),
          sees(
              ".cli",
              ROOT + "..",
              NEO + "schemas..",
              NEO + "ingest..",
              NEO + "clean..",
              NEO + "dedup..",
              NEO + "tokens..",
              NEO + "checkpoint..",
              NEO + "trainer.align",
              NEO + "trainer.checkpoint",
              NEO + "trainer.model",
              NEO + "trainer.optim",
              NEO + "trainer.scaling",
              JSON,
              "picocli",
              "org.jline.."),
          sees(".corpus", ROOT),
          sees(".dashboard", ROOT),
          sees(
              ".embedded",
              ROOT,
              ROOT + ".job",
              ROOT + ".monitor",
              ROOT + ".run",
              NEO + "schemas..",
              NEO + "ingest..",
              NEO + "clean..",
              NEO + "dedup..",
              NEO + "tokens..",
              NEO + "checkpoint..",
              NEO + "trainer..",
              "javax.management..",
              "javax.net.ssl",
              "io.aeron..",
              "kafka..",
              "org.apache.kafka..",
              "org.apache.flink.."),
          sees(
              ".eval",
              ROOT,
              NEO + "checkpoint.store",
              NEO + "schemas.avro",
              NEO + "tokens.bpe",
              NEO + "trainer.checkpoint",
              NEO + "trainer.generate",
              NEO + "trainer.model",
              JSON),
          sees(
              ".explain",
              NEO + "schemas",
              NEO + "schemas.avro",
              NEO + "schemas.topic",
              NEO + "dedup"),
          sees(
              ".file",
              ROOT,
              ROOT + ".account",
              NEO + "schemas",
              NEO + "schemas.avro",
              NEO + "schemas.topic",
              NEO + "ingest..",
              NEO + "clean..",
              NEO + "dedup..",
              "com.github.luben.zstd",
              JSON),
          sees(".http", ROOT, "com.sun.net.httpserver", JSON),
          sees(
              ".job",
              NEO + "schemas..",
              NEO + "ingest..",
              NEO + "clean..",
              NEO + "dedup..",
              NEO + "tokens..",
              "org.apache.kafka..",
              "org.apache.flink.."),
          sees(
              ".monitor",
              ROOT,
              ROOT + ".account",
              NEO + "schemas",
              NEO + "schemas.avro",
              NEO + "schemas.topic",
              NEO + "tokens.mixture",
              NEO + "tokens.topic",
              "io.prometheus..",
              "org.apache.avro.specific",
              JSON),
          sees(
              ".page",
              ROOT,
              ROOT + ".account",
              ROOT + ".explain",
              ROOT + ".http",
              ROOT + ".monitor",
              NEO + "schemas",
              NEO + "schemas.avro",
              NEO + "schemas.topic",
              NEO + "tokens.mixture",
              NEO + "tokens.topic",
              JSON),
          sees(
              ".report",
              ROOT,
              ROOT + ".account",
              ROOT + ".monitor",
              ROOT + ".run",
              NEO + "schemas",
              NEO + "schemas.avro",
              NEO + "ingest..",
              NEO + "clean..",
              NEO + "dedup..",
              NEO + "tokens..",
              NEO + "checkpoint..",
              NEO + "trainer.model",
              NEO + "trainer.optim",
              NEO + "trainer.scaling",
              "crawlercommons.domains",
              JSON),
          sees(
              ".run",
              ROOT,
              ROOT + ".account",
              ROOT + ".eval",
              ROOT + ".file",
              ROOT + ".monitor",
              ROOT + ".page",
              NEO + "schemas",
              NEO + "schemas.avro",
              NEO + "schemas.topic",
              NEO + "ingest..",
              NEO + "clean..",
              NEO + "dedup..",
              NEO + "tokens..",
              NEO + "checkpoint.store",
              NEO + "trainer.checkpoint",
              NEO + "trainer.model",
              NEO + "trainer.optim",
              JSON),
          sees(".scaling", ROOT, NEO + "trainer.scaling", JSON),
          sees(
              ".serve",
              ROOT,
              ROOT + ".http",
              NEO + "schemas.avro",
              NEO + "tokens.bpe",
              NEO + "tokens.chat",
              NEO + "checkpoint.store",
              NEO + "trainer.checkpoint",
              NEO + "trainer.generate",
              NEO + "trainer.model",
              "io.prometheus..",
              JSON),
          sees(
              ".takedown",
              ROOT,
              ROOT + ".explain",
              NEO + "schemas",
              NEO + "schemas.avro",
              NEO + "schemas.topic",
              NEO + "ingest.file",
              NEO + "ingest.topic",
              NEO + "dedup..",
              "org.apache.avro.specific"));

  private static Map.Entry<String, List<String>> sees(String room, String... others) {
    return Map.entry(ROOT + room, List.of(others));
  }

  @ArchTest
  static void everyPackageSeesOnlyWhatIsListed(JavaClasses ops) {
    classes().should().resideInAnyPackage(SEES.keySet().toArray(String[]::new)).check(ops);
    List<String> unlisted = new ArrayList<>();
    SEES.forEach(
        (room, others) -> {
          Stream<String> seen =
              Stream.of(Stream.of(room), Stream.of(EVERYWHERE), others.stream())
                  .flatMap(part -> part);
          ArchRule rule =
              classes()
                  .that()
                  .resideInAPackage(room)
                  .should()
                  .onlyDependOnClassesThat()
                  .resideInAnyPackage(seen.toArray(String[]::new));
          unlisted.addAll(rule.evaluate(ops).getFailureReport().getDetails());
        });
    assertEquals(List.of(), unlisted);
  }

  @ArchTest
  static final ArchRule packagesDoNotDependOnEachOtherInCircles =
      slices().matching("dev.neostream.ops.(*)..").should().beFreeOfCycles();

  /** Of a run's engines a verb only says which they are, and to whom it writes. */
  @ArchTest
  static final ArchRule verbsNameEnginesButDoNotDriveThem =
      noClasses()
          .that()
          .resideInAPackage("..ops.cli..")
          .should()
          .dependOnClassesThat()
          .haveNameMatching(".*\\.ops\\.embedded\\.(?!EmbeddedEngines|RunTopics).*");

  /** It loses members and overflows the stack, see {@code GzipStream}. */
  @ArchTest
  static final ArchRule gzipIsReadByGzipStream =
      noClasses().should().dependOnClassesThat().areAssignableTo(GZIPInputStream.class);
}
