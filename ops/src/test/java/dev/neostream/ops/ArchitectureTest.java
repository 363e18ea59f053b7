package dev.neostream.ops;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "dev.neostream.ops",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule onlyJobAndEmbeddedTouchFlink =
      noClasses()
          .that()
          .resideOutsideOfPackages("..ops.job..", "..ops.embedded..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.flink..");

  @ArchTest
  static final ArchRule onlyJobAndEmbeddedTouchKafka =
      noClasses()
          .that()
          .resideOutsideOfPackages("..ops.job..", "..ops.embedded..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.kafka..", "kafka..");

  @ArchTest
  static final ArchRule onlyEmbeddedTouchesAeronAndTheTrainer =
      noClasses()
          .that()
          .resideOutsideOfPackage("..ops.embedded..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.aeron..", "ai.djl..", "dev.neostream.trainer..");

  @ArchTest
  static final ArchRule nothingDependsOnTheCommandLine =
      noClasses()
          .that()
          .resideOutsideOfPackage("..ops.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..ops.cli..", "picocli..");
}
