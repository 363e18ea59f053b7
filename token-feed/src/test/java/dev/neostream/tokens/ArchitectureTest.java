package dev.neostream.tokens;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** A package's name says which world it may touch; the module reaches only what lies before it. */
@AnalyzeClasses(
    packages = "dev.neostream.tokens",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule onlyJobTouchesFlink =
      noClasses()
          .that()
          .resideOutsideOfPackage("..job..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.flink..");

  @ArchTest
  static final ArchRule onlyTopicTouchesKafka =
      noClasses()
          .that()
          .resideOutsideOfPackage("..topic..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.kafka..");

  @ArchTest
  static final ArchRule nothingTouchesAeron =
      noClasses().should().dependOnClassesThat().resideInAnyPackage("io.aeron..", "org.agrona..");

  @ArchTest
  static final ArchRule plainPackagesStayPlain =
      noClasses()
          .that()
          .resideOutsideOfPackages("..topic..", "..job..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.neostream..topic..", "dev.neostream..job..");

  @ArchTest
  static final ArchRule arrowsNeverTurnBack =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.neostream.ingest..",
              "dev.neostream.clean..",
              "dev.neostream.dedup..",
              "dev.neostream.checkpoint..",
              "dev.neostream.trainer..",
              "dev.neostream.ops..");
}
