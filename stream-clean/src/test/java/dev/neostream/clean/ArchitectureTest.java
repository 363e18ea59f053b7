package dev.neostream.clean;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.zip.GZIPInputStream;

@AnalyzeClasses(
    packages = "dev.neostream.clean",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule onlyJobTouchesFlink =
      noClasses()
          .that()
          .resideOutsideOfPackage("..clean.job..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.flink..", "dev.neostream.schemas.job..");

  @ArchTest
  static final ArchRule onlyTopicTouchesKafka =
      noClasses()
          .that()
          .resideOutsideOfPackage("..clean.topic..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.kafka..");

  @ArchTest
  static final ArchRule dependsOnNoModuleButSchemas =
      classes()
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "dev.neostream.clean..",
              "dev.neostream.schemas..",
              "java..",
              "crawlercommons.domains..",
              "org.apache.flink..",
              "org.apache.kafka..",
              "org.yaml.snakeyaml..");

  @ArchTest
  static final ArchRule textKnowsNothingAboveIt =
      noClasses()
          .that()
          .resideInAPackage("..clean.text..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..clean.rule..", "..clean.html..", "..clean.language..");

  /** It loses members and overflows the stack, see {@code GzipStream}. */
  @ArchTest
  static final ArchRule gzipIsReadByGzipStream =
      noClasses().should().dependOnClassesThat().areAssignableTo(GZIPInputStream.class);
}
