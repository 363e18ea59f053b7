package dev.neostream.dedup;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.zip.GZIPInputStream;

@AnalyzeClasses(
    packages = "dev.neostream.dedup",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule onlyJobTouchesFlink =
      noClasses()
          .that()
          .resideOutsideOfPackage("..dedup.job..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.flink..", "dev.neostream.schemas.job..");

  @ArchTest
  static final ArchRule seesOnlySchemasAndCleanText =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.neostream.ingest..",
              "dev.neostream.clean.rule..",
              "dev.neostream.clean.job..",
              "dev.neostream.tokens..",
              "dev.neostream.checkpoint..",
              "dev.neostream.trainer..",
              "dev.neostream.ops..",
              "org.apache.kafka..");

  /** It loses members and overflows the stack, see {@code GzipStream}. */
  @ArchTest
  static final ArchRule gzipIsReadByGzipStream =
      noClasses().should().dependOnClassesThat().areAssignableTo(GZIPInputStream.class);
}
