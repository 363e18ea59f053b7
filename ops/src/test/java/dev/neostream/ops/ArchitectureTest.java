package dev.neostream.ops;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.neostream.schemas.Stage;
import dev.neostream.trainer.checkpoint.GgufExport;
import dev.neostream.trainer.checkpoint.HuggingFaceExport;
import dev.neostream.trainer.checkpoint.HuggingFaceImport;
import dev.neostream.trainer.checkpoint.StoredModel;
import dev.neostream.trainer.model.ModelConfig;
import java.util.zip.GZIPInputStream;

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
  static final ArchRule onlyEmbeddedTouchesAeron =
      noClasses()
          .that()
          .resideOutsideOfPackage("..ops.embedded..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.aeron..", "ai.djl..");

  @ArchTest
  static final ArchRule onlyEmbeddedAndAlignTrainOthersNameImportAndExportWhatIsTrained =
      noClasses()
          .that()
          .resideOutsideOfPackages("..ops.embedded..", "..ops.align..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.neostream.trainer..")
                  .and(not(resideInAPackage("dev.neostream.trainer.optim..")))
                  .and(not(resideInAPackage("dev.neostream.trainer.scaling..")))
                  .and(not(resideInAPackage("dev.neostream.trainer.align..")))
                  .and(not(type(ModelConfig.class)))
                  .and(not(type(HuggingFaceExport.class)))
                  .and(not(type(HuggingFaceImport.class)))
                  .and(not(type(GgufExport.class)))
                  .and(not(type(StoredModel.class)))
                  .and(not(resideInAPackage("dev.neostream.trainer.generate.."))));

  @ArchTest
  static final ArchRule onlyServeEvalAndEmbeddedGenerate =
      noClasses()
          .that()
          .resideOutsideOfPackages("..ops.serve..", "..ops.eval..", "..ops.embedded..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.neostream.trainer.generate..");

  @ArchTest
  static final ArchRule onlyHttpTouchesTheServerOfTheJdk =
      noClasses()
          .that()
          .resideOutsideOfPackage("..ops.http..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.sun.net.httpserver..");

  /** It is to become the jar that a Flink cluster is given. */
  @ArchTest
  static final ArchRule theJobSeesNoOtherRoom =
      noClasses()
          .that()
          .resideInAPackage("..ops.job..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("dev.neostream.ops..")
                  .and(not(resideInAPackage("dev.neostream.ops.job.."))));

  @ArchTest
  static final ArchRule accountsArePure =
      classes()
          .that()
          .resideInAPackage("..ops.account..")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                      "..ops.account..",
                      "dev.neostream.schemas.avro..",
                      "dev.neostream.tokens.mixture..",
                      "java..")
                  .or(type(Stage.class)));

  @ArchTest
  static final ArchRule packagesDoNotDependOnEachOtherInCircles =
      slices().matching("dev.neostream.ops.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule nothingDependsOnTheCommandLine =
      noClasses()
          .that()
          .resideOutsideOfPackage("..ops.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..ops.cli..", "picocli..");

  /** It loses members and overflows the stack, see {@code GzipStream}. */
  @ArchTest
  static final ArchRule gzipIsReadByGzipStream =
      noClasses().should().dependOnClassesThat().areAssignableTo(GZIPInputStream.class);
}
