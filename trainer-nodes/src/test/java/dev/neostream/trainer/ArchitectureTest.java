package dev.neostream.trainer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.neostream.trainer.model.Decoder;
import dev.neostream.trainer.model.Training;

@AnalyzeClasses(
    packages = "dev.neostream.trainer",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule kafkaStaysInTopic =
      noClasses()
          .that()
          .resideOutsideOfPackage("..trainer.topic..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.kafka..");

  @ArchTest
  static final ArchRule aeronStaysInAeron =
      noClasses()
          .that()
          .resideOutsideOfPackage("..collective.aeron..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.aeron..", "org.agrona..");

  @ArchTest
  static final ArchRule engineStaysInDecoderAndTraining =
      noClasses()
          .that()
          .doNotBelongToAnyOf(Decoder.class, Training.class)
          .and()
          .haveSimpleNameNotEndingWith("ScriptModule")
          .and()
          .haveSimpleNameNotEndingWith("TokenRows")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl..");

  @ArchTest
  static final ArchRule engineInternalsStayInScriptModule =
      noClasses()
          .that()
          .haveSimpleNameNotEndingWith("ScriptModule")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("ai.djl.pytorch..");

  /** A model that is only read takes no memory for gradients and moments. */
  @ArchTest
  static final ArchRule readingNeedsNoTraining =
      noClasses()
          .that()
          .resideInAPackage("..trainer.generate..")
          .or()
          .belongToAnyOf(Decoder.class)
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(Training.class);

  @ArchTest
  static final ArchRule modelKnowsNothingOfTheRun =
      noClasses()
          .that()
          .resideInAnyPackage("..trainer.model..", "..trainer.optim..", "..trainer.generate..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "..trainer.train..",
              "..trainer.collective..",
              "..trainer.topic..",
              "dev.neostream.schemas..",
              "dev.neostream.checkpoint..");

  @ArchTest
  static final ArchRule loopSeesOnlyPorts =
      noClasses()
          .that()
          .resideInAPackage("..trainer.train..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..trainer.collective..", "..trainer.topic..");

  @ArchTest
  static final ArchRule arrowsPointDown =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.flink..",
              "dev.neostream.ingest..",
              "dev.neostream.clean..",
              "dev.neostream.dedup..",
              "dev.neostream.ops..");
}
