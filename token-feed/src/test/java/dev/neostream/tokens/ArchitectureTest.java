package dev.neostream.tokens;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

@AnalyzeClasses(
    packages = "dev.neostream.tokens",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String ROOT = "dev.neostream.tokens";
  private static final String SCHEMAS = "dev.neostream.schemas";

  /** Every package, and what it sees besides itself and the JDK. */
  private static final Map<String, List<String>> SEES =
      Map.of(
          ROOT + ".bpe",
          List.of(SCHEMAS, "com.dynatrace.hash4j..", "com.fasterxml.jackson.."),
          ROOT + ".format",
          List.of(ROOT + ".bpe", SCHEMAS, "com.fasterxml.jackson.."),
          ROOT + ".inspect",
          List.of(ROOT + ".bpe"),
          ROOT + ".chat",
          List.of(ROOT + ".bpe", "com.dynatrace.hash4j..", "com.fasterxml.jackson.."),
          ROOT + ".pack",
          List.of(SCHEMAS, "com.dynatrace.hash4j.."),
          ROOT + ".mixture",
          List.of(ROOT + ".pack", SCHEMAS + ".avro", "org.apache.avro.."),
          ROOT + ".topic",
          List.of(
              ROOT + ".mixture",
              ROOT + ".pack",
              SCHEMAS,
              SCHEMAS + ".avro",
              SCHEMAS + ".topic",
              "org.apache.avro..",
              "org.apache.kafka..",
              "org.slf4j.."),
          ROOT + ".job",
          List.of(
              ROOT + ".bpe",
              ROOT + ".pack",
              SCHEMAS,
              SCHEMAS + ".avro",
              SCHEMAS + ".job",
              SCHEMAS + ".topic",
              "org.apache.avro..",
              "org.apache.flink.."));

  @ArchTest
  static void everyPackageSeesOnlyWhatIsListed(JavaClasses tokens) {
    classes().should().resideInAnyPackage(SEES.keySet().toArray(String[]::new)).check(tokens);
    SEES.forEach(
        (room, others) ->
            classes()
                .that()
                .resideInAPackage(room)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                    Stream.concat(Stream.of(room, "java.."), others.stream())
                        .toArray(String[]::new))
                .check(tokens));
  }

  @ArchTest
  static final ArchRule packagesDoNotDependOnEachOtherInCircles =
      slices().matching("dev.neostream.tokens.(**)").should().beFreeOfCycles();

  /** It loses members and overflows the stack, see {@code GzipStream}. */
  @ArchTest
  static final ArchRule gzipIsReadByGzipStream =
      noClasses().should().dependOnClassesThat().areAssignableTo(GZIPInputStream.class);
}
