package dev.neostream.trainer;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import dev.neostream.trainer.model.Decoder;
import dev.neostream.trainer.model.Environment;
import dev.neostream.trainer.model.KeyValueCache;
import dev.neostream.trainer.model.Training;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

@AnalyzeClasses(
    packages = "dev.neostream.trainer",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String ROOT = "dev.neostream.trainer";

  /** Every package, and what it sees besides itself and the JDK. */
  private static final Map<String, List<String>> SEES =
      Map.ofEntries(
          Map.entry(ROOT, List.of()),
          Map.entry(ROOT + ".optim", List.of()),
          Map.entry(ROOT + ".scaling", List.of("org.hipparchus..")),
          Map.entry(
              ROOT + ".model", List.of(ROOT + ".optim", "ai.djl..", "com.dynatrace.hash4j..")),
          Map.entry(
              ROOT + ".train",
              List.of(
                  ROOT + ".model",
                  ROOT + ".optim",
                  "dev.neostream.schemas.avro",
                  "org.apache.avro..",
                  "com.dynatrace.hash4j..",
                  "org.slf4j..")),
          Map.entry(ROOT + ".collective", List.of(ROOT + ".train")),
          Map.entry(
              ROOT + ".collective.aeron",
              List.of(ROOT + ".collective", "io.aeron..", "org.agrona..")),
          Map.entry(
              ROOT + ".topic",
              List.of(
                  ROOT + ".train",
                  ROOT + ".model",
                  "dev.neostream.tokens.pack",
                  "dev.neostream.tokens.topic",
                  "dev.neostream.schemas",
                  "dev.neostream.schemas.avro",
                  "dev.neostream.schemas.topic",
                  "org.apache.kafka..",
                  "org.apache.avro..")),
          Map.entry(
              ROOT + ".checkpoint",
              List.of(
                  ROOT + ".train",
                  ROOT + ".model",
                  "dev.neostream.checkpoint.format",
                  "dev.neostream.checkpoint.store",
                  "dev.neostream.schemas.avro",
                  "dev.neostream.tokens.bpe",
                  "dev.neostream.tokens.format",
                  "com.fasterxml.jackson..")),
          Map.entry(
              ROOT + ".generate",
              List.of(
                  ROOT + ".checkpoint",
                  ROOT + ".model",
                  "dev.neostream.checkpoint.store",
                  "dev.neostream.tokens.bpe")),
          Map.entry(
              ROOT + ".align",
              List.of(
                  ROOT + ".model",
                  ROOT + ".optim",
                  ROOT + ".train",
                  "dev.neostream.schemas.avro",
                  "dev.neostream.tokens.chat",
                  "dev.neostream.tokens.mixture",
                  "com.dynatrace.hash4j..")),
          Map.entry(
              ROOT + ".node",
              List.of(
                  ROOT + ".checkpoint",
                  ROOT + ".collective",
                  ROOT + ".collective.aeron",
                  ROOT + ".model",
                  ROOT + ".optim",
                  ROOT + ".topic",
                  ROOT + ".train",
                  "dev.neostream.checkpoint.store",
                  "dev.neostream.tokens.bpe",
                  "dev.neostream.schemas.topic",
                  "com.fasterxml.jackson..",
                  "org.slf4j..")));

  @ArchTest
  static void everyPackageSeesOnlyWhatIsListed(JavaClasses trainer) {
    classes().should().resideInAnyPackage(SEES.keySet().toArray(String[]::new)).check(trainer);
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
                .check(trainer));
  }

  @ArchTest
  static final ArchRule packagesDoNotDependOnEachOtherInCircles =
      slices().matching("dev.neostream.trainer.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule engineStaysWhereItComputesOrIsNamed =
      noClasses()
          .that()
          .doNotBelongToAnyOf(Decoder.class, KeyValueCache.class, Training.class, Environment.class)
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
          .belongToAnyOf(Decoder.class, KeyValueCache.class)
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(Training.class);

  /** It loses members and overflows the stack, see {@code GzipStream}. */
  @ArchTest
  static final ArchRule gzipIsReadByGzipStream =
      noClasses().should().dependOnClassesThat().areAssignableTo(GZIPInputStream.class);
}
