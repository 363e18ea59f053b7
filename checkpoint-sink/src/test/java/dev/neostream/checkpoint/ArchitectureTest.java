package dev.neostream.checkpoint;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

@AnalyzeClasses(
    packages = "dev.neostream.checkpoint",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String ROOT = "dev.neostream.checkpoint";

  /** Every package, and what it sees besides itself and the JDK. */
  private static final Map<String, List<String>> SEES =
      Map.of(
          ROOT,
          List.of(),
          ROOT + ".format",
          List.of("com.fasterxml.jackson.."),
          ROOT + ".store",
          List.of(
              ROOT + ".format",
              "dev.neostream.schemas",
              "dev.neostream.schemas.avro",
              "com.fasterxml.jackson.."));

  @ArchTest
  static void everyPackageSeesOnlyWhatIsListed(JavaClasses checkpoint) {
    classes().should().resideInAnyPackage(SEES.keySet().toArray(String[]::new)).check(checkpoint);
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
                .check(checkpoint));
  }
}
