package dev.neostream.tokens.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.neostream.tokens.chat.Refusal.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChatFileTest {

  @TempDir Path folder;

  private final List<String> places = new ArrayList<>();
  private final List<Conversation> conversations = new ArrayList<>();
  private final List<PreferencePair> pairs = new ArrayList<>();
  private final List<Refusal> refusals = new ArrayList<>();

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("chat"), text);
  }

  private long read(String text) throws IOException {
    return ChatFile.conversations(file(text), this::take, refusals::add);
  }

  private void take(String place, Conversation conversation) {
    places.add(place);
    conversations.add(conversation);
  }

  private long readPairs(String text) throws IOException {
    return ChatFile.pairs(file(text), (place, pair) -> pairs.add(pair), refusals::add);
  }

  private static Turn system(String text) {
    return new Turn(Role.SYSTEM, text);
  }

  private static Turn user(String text) {
    return new Turn(Role.USER, text);
  }

  private static Turn assistant(String text) {
    return new Turn(Role.ASSISTANT, text);
  }

  @Test
  void shouldReadEveryFormFromOneFileOfLines() throws IOException {
    long records =
        read(
            """
            {"instruction": "Add.", "input": "1 2", "output": "3"}
            {"instruction": "Go on.", "input": "", "output": "Yes", "system": "Be brief.", "history": [["a", "b"]], "id": 7}

            {"conversations": [{"from": "system", "value": "s"}, {"from": "human", "value": "q"}, {"from": "gpt", "value": "a"}]}
            {"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "你好"}, {"role": "user", "content": "r"}]}
            """);

    assertEquals(4, records);
    assertEquals(List.of(), refusals);
    assertEquals(
        List.of(
            List.of(user("Add.\n1 2"), assistant("3")),
            List.of(
                system("Be brief."), user("a"), assistant("b"), user("Go on."), assistant("Yes")),
            List.of(system("s"), user("q"), assistant("a")),
            List.of(user("q"), assistant("你好"), user("r"))),
        conversations.stream().map(Conversation::turns).toList());
  }

  @Test
  void shouldReadAnArrayAndGoOnAfterARefusedRecord() throws IOException {
    long records =
        read(
            """
            \uFEFF
            [{"instruction": "q", "input": null, "output": "a"}, 3,
             {"instruction": "q", "output": "  "},
             {"instruction": "q", "output": "b"}]
            """);

    assertEquals(4, records);
    assertEquals(
        List.of(folder.resolve("chat") + ": record 1", folder.resolve("chat") + ": record 4"),
        places);
    assertEquals(assistant("b"), conversations.get(1).turns().get(1));
    assertEquals(
        List.of(
            new Refusal(
                Reason.NOT_JSON,
                folder.resolve("chat")
                    + ": record 2: a record must be a JSON object: it is NUMBER"),
            new Refusal(
                Reason.EMPTY_TURN,
                folder.resolve("chat")
                    + ": record 3: a turn must not be empty: role=ASSISTANT, turn=2")),
        refusals);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          NOT_JSON          | {"instruction":                                   | a line must be a JSON object
          NOT_JSON          | {"output":"a","output":"b","instruction":"q"}     | Duplicate field
          NOT_JSON          | "text"                                            | a record must be a JSON object: it is STRING
          UNKNOWN_FORM      | {"text":"x"}                                      | a record must have messages, conversations or instruction: fields=[text]
          UNKNOWN_FORM      | {"prompt":"q","chosen":"a","rejected":"b"}        | fields chosen, rejected make it a pair
          WRONG_FIELD       | {"instruction":"q"}                               | output must be text: it is missing
          WRONG_FIELD       | {"instruction":"q","input":[1],"output":"a"}      | input must be text: it is ARRAY
          WRONG_FIELD       | {"instruction":"q","output":"a","history":[["a"]]} | history must be a list of [question, answer]: it is ARRAY
          WRONG_FIELD       | {"messages":"hello"}                              | messages must be a list of turns: it is STRING
          WRONG_FIELD       | {"messages":[{"role":"user"}]}                    | messages[0].content must be text: it is missing
          WRONG_FIELD       | {"conversations":[{"from":"gpt","value":null}]}   | conversations[0].value must be text: it is NULL
          UNKNOWN_ROLE      | {"messages":[{"role":"tool","content":"x"}]}      | messages[0]: a role must be system, user, human, assistant or gpt: role=tool
          EMPTY_TURN        | {"messages":[{"role":"user","content":" "},{"role":"assistant","content":"a"}]} | a turn must not be empty: role=USER, turn=1
          LONE_SURROGATE    | {"instruction":"q","output":"a\\ud83d"}            | a text must not hold half of a surrogate pair: role=ASSISTANT, turn=2
          LATE_SYSTEM       | {"messages":[{"role":"assistant","content":"a"},{"role":"system","content":"a"}]} | a system turn must be the first: turn=2
          NO_ASSISTANT_TURN | {"messages":[{"role":"user","content":"q"}]}      | a conversation must have a turn of the assistant: turns=1
          NO_ASSISTANT_TURN | {"messages":[]}                                   | a conversation must have a turn of the assistant: turns=0
          """)
  void shouldNameReasonPlaceAndRuleOfARefusedLine(Reason reason, String line, String says)
      throws IOException {
    long records = read("\n{\"instruction\":\"q\",\"output\":\"a\"}\n\n" + line + "\n");

    assertEquals(2, records);
    assertEquals(List.of(folder.resolve("chat") + ": line 2"), places);
    assertEquals(1, refusals.size());
    assertEquals(reason, refusals.get(0).reason());
    String message = refusals.get(0).message();
    assertTrue(message.startsWith(folder.resolve("chat") + ": line 4: "), message);
    assertTrue(message.contains(says), message);
  }

  @Test
  void shouldReadPairsHoweverPromptAndAnswersAreWritten() throws IOException {
    long records =
        readPairs(
            """
            {"prompt": "q", "chosen": "a", "rejected": "b"}
            {"conversations": [{"from": "human", "value": "q"}], "chosen": {"from": "gpt", "value": "a"}, "rejected": {"from": "gpt", "value": "b"}}
            {"prompt": [{"role": "user", "content": "q"}], "chosen": [{"role": "assistant", "content": "a"}], "rejected": "b"}
            {"chosen": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}], "rejected": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "b"}]}
            {"instruction": "q", "input": "", "chosen": "a", "rejected": "b"}
            """);

    assertEquals(5, records);
    assertEquals(List.of(), refusals);
    for (PreferencePair pair : pairs) {
      assertEquals(new PreferencePair(List.of(user("q")), "a", "b"), pair);
    }
    assertEquals(List.of(user("q"), assistant("a")), pairs.get(0).chosenConversation().turns());
    assertEquals(List.of(user("q"), assistant("b")), pairs.get(0).rejectedConversation().turns());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          EQUAL_PAIR        | {"prompt":"q","chosen":"same","rejected":"same"}  | chosen and rejected must differ: both have 4 characters
          EMPTY_TURN        | {"prompt":"q","chosen":"a","rejected":""}         | rejected: an answer must not be empty
          EMPTY_TURN        | {"prompt":" ","chosen":"a","rejected":"b"}        | a turn must not be empty: role=USER, turn=1
          LONE_SURROGATE    | {"prompt":"q","chosen":"\\ude00","rejected":"b"}   | chosen
          UNKNOWN_FORM      | {"prompt":"q","answer":"a"}                       | a preference pair must have the fields chosen and rejected: fields=[prompt, answer]
          WRONG_FIELD       | {"prompt":"q","chosen":"a"}                       | rejected must be a list of turns: it is missing
          NO_ASSISTANT_TURN | {"prompt":"q","chosen":{"role":"user","content":"a"},"rejected":"b"} | chosen must end with a turn of the assistant
          TURN_ORDER        | {"chosen":"a","rejected":"b"}                     | a pair's prompt must end with a turn of the user: turns=0
          TURN_ORDER        | {"prompt":"q","chosen":[{"role":"user","content":"other"},{"role":"assistant","content":"a"}],"rejected":"b"} | chosen: the turns before an answer must be the pair's prompt
          """)
  void shouldNameReasonPlaceAndRuleOfARefusedPair(Reason reason, String line, String says)
      throws IOException {
    assertEquals(1, readPairs(line));

    assertEquals(List.of(), pairs);
    assertEquals(reason, refusals.get(0).reason());
    String message = refusals.get(0).message();
    assertTrue(message.startsWith(folder.resolve("chat") + ": line 1: "), message);
    assertTrue(message.contains(says), message);
  }

  @Test
  void shouldRefuseAFileThatBreaksOffOrIsNotText() throws IOException {
    for (String broken : List.of("[{\"instruction\":\"q\",\"output\":\"a\"}", "[1] [2]", "[1 2]")) {
      var error = assertThrows(IOException.class, () -> read(broken), broken);
      assertTrue(error.getMessage().contains(folder.resolve("chat") + ": "), error.getMessage());
      assertTrue(error.getMessage().contains("line 1"), error.getMessage());
    }
    Path latin1 = folder.resolve("latin1");
    Files.write(latin1, "{\"instruction\":\"é\"}".getBytes(StandardCharsets.ISO_8859_1));
    var error =
        assertThrows(
            IOException.class, () -> ChatFile.conversations(latin1, this::take, refusals::add));
    assertEquals(latin1 + ": the text must be UTF-8", error.getMessage());
  }

  @Test
  void shouldFindNothingInAnEmptyFile() throws IOException {
    assertEquals(0, read(""));
    assertEquals(0, read("[]"));
    assertEquals(0, read(" \n\n"));
  }
}
