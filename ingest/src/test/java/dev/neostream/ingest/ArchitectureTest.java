package dev.neostream.ingest;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.zip.GZIPInputStream;

@AnalyzeClasses(
    packages = "dev.neostream.ingest",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule onlyTopicMayTouchKafka =
      noClasses()
          .that()
          .resideOutsideOfPackage("..topic..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.kafka..", "dev.neostream.schemas.topic..");

  @ArchTest
  static final ArchRule onlyJobMayTouchFlink =
      noClasses()
          .that()
          .resideOutsideOfPackage("..job..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.flink..");

  @ArchTest
  static final ArchRule onlyAeronMayTouchAeron =
      noClasses()
          .that()
          .resideOutsideOfPackage("..aeron..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.aeron..", "org.agrona..");

  @ArchTest
  static final ArchRule dependsOnSchemasOnly =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.neostream.clean..",
              "dev.neostream.dedup..",
              "dev.neostream.tokens..",
              "dev.neostream.checkpoint..",
              "dev.neostream.trainer..",
              "dev.neostream.ops..");

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("dev.neostream.ingest.(*)..").should().beFreeOfCycles();

  /** It loses members and overflows the stack, see {@code GzipStream}. */
  @ArchTest
  static final ArchRule gzipIsReadByGzipStream =
      noClasses().should().dependOnClassesThat().areAssignableTo(GZIPInputStream.class);
}
