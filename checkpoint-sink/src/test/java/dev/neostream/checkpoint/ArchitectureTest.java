package dev.neostream.checkpoint;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "dev.neostream.checkpoint",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule TENSORS_ARE_NAMES_SHAPES_AND_BYTES =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.flink..", "org.apache.kafka..", "ai.djl..", "io.aeron..", "org.agrona..");

  @ArchTest
  static final ArchRule DEPENDS_ON_SCHEMAS_ONLY =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "dev.neostream.ingest..",
              "dev.neostream.clean..",
              "dev.neostream.dedup..",
              "dev.neostream.tokens..",
              "dev.neostream.trainer..",
              "dev.neostream.ops..");

  @ArchTest
  static final ArchRule FORMAT_KNOWS_NO_STORE =
      noClasses()
          .that()
          .resideInAPackage("..checkpoint.format")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..checkpoint.store", "dev.neostream.schemas..");
}
