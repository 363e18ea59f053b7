package dev.neostream.ops.scaling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.neostream.ops.UserError;
import dev.neostream.trainer.scaling.LossPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LossTableTest {

  @TempDir Path folder;

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("points.csv"), text);
  }

  @Test
  void shouldReadColumnsByNameWhereverTheyStand() throws IOException {
    Path file = file("\uFEFFrun, Loss ,d,N\r\na,2.5, 1e9 ,250000000\r\n\r\nb,2.25,2e9,2.5E8\n");

    assertEquals(
        List.of(new LossPoint(2.5e8, 1e9, 2.5), new LossPoint(2.5e8, 2e9, 2.25)),
        LossTable.read(file));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "n,d,loss\\n1,2           |points.csv:2: loss must be a number: given=",
        "n,d,loss\\n1,2,x         |points.csv:2: loss must be a number: given=x",
        "n,d,loss\\n1,2,3\\n1,-2,3|points.csv:3: d must be a number > 0: d=-2.0",
        "n,d,loss\\n1,2,NaN       |points.csv:2: loss must be a number > 0: loss=NaN",
        "n,tokens,loss\\n1,2,3    |points.csv:1: the header must name n, d and loss: header=[n,"
            + " tokens, loss]",
        "n,d,loss\\n              |points.csv must hold a header n,d,loss and a row a point: rows=0"
      })
  void shouldSayWhatIsWrongAndWhere(String text, String message) throws IOException {
    Path file = file(text.strip().replace("\\n", "\n"));

    UserError refused = assertThrows(UserError.class, () -> LossTable.read(file));

    assertEquals(folder + "/" + message, refused.getMessage());
  }

  @Test
  void shouldSayThatAFileCannotBeRead() {
    UserError refused =
        assertThrows(UserError.class, () -> LossTable.read(folder.resolve("no.csv")));

    assertEquals(
        "points must be a readable CSV file in UTF-8: file="
            + folder.resolve("no.csv")
            + "; name another",
        refused.getMessage());
  }
}
