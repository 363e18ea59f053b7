package dev.neostream.schemas;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.zip.GZIPInputStream;

@AnalyzeClasses(
    packages = "dev.neostream.schemas",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule onlyJobTouchesFlink =
      noClasses()
          .that()
          .resideOutsideOfPackage("..schemas.job..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.flink..");

  @ArchTest
  static final ArchRule onlyTopicTouchesKafka =
      noClasses()
          .that()
          .resideOutsideOfPackage("..schemas.topic..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.kafka..");

  @ArchTest
  static final ArchRule dependsOnNoOtherModule =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.neostream.ingest..",
              "dev.neostream.clean..",
              "dev.neostream.dedup..",
              "dev.neostream.tokens..",
              "dev.neostream.checkpoint..",
              "dev.neostream.trainer..",
              "dev.neostream.ops..");

  /** It loses members and overflows the stack, see {@code GzipStream}. */
  @ArchTest
  static final ArchRule gzipIsReadByGzipStream =
      noClasses().should().dependOnClassesThat().areAssignableTo(GZIPInputStream.class);
}
