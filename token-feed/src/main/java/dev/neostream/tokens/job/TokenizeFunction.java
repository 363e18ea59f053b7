package dev.neostream.tokens.job;

import dev.neostream.schemas.EventTime;
import dev.neostream.schemas.Rejection;
import dev.neostream.schemas.Stage;
import dev.neostream.schemas.avro.Span;
import dev.neostream.schemas.avro.TokenBlock;
import dev.neostream.schemas.avro.TokenIndex;
import dev.neostream.schemas.job.Counted;
import dev.neostream.schemas.job.DocumentCount;
import dev.neostream.schemas.job.OutRecord;
import dev.neostream.schemas.job.Rejects;
import dev.neostream.schemas.job.Window;
import dev.neostream.schemas.topic.AvroCodec;
import dev.neostream.schemas.topic.KafkaConnection;
import dev.neostream.tokens.bpe.Tokenizer;
import dev.neostream.tokens.bpe.TokenizerFile;
import dev.neostream.tokens.pack.BlockPacker;
import dev.neostream.tokens.pack.Carry;
import dev.neostream.tokens.pack.TokenIds;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Turns the documents of one lane into blocks.
 *
 * <p>The documents of a window are taken in the order of their ids, which is a shuffle that depends
 * on nothing but the documents: blocks come out equal at any parallelism and after any restart.
 *
 * <p>State a lane: {@code pending}, documents of the open window, cleared when it closes; {@code
 * carry}, the block that is not full, kept for the life of the run.
 */
final class TokenizeFunction extends KeyedProcessFunction<String, LaneDocument, OutRecord>
    implements Counted {

  private static final Comparator<LaneDocument> WINDOW_THEN_ID =
      Comparator.<LaneDocument>comparingLong(d -> EventTime.windowEnd(d.document.ordinal))
          .thenComparing(d -> d.document.id);

  private final TokenizeConfig config;
  private final KafkaConnection connection;
  private transient DocumentCount count;
  private transient BlockPacker packer;
  private transient Tokenizer tokenizer;
  private transient int width;
  private transient Window<LaneDocument> pending;
  private transient ValueState<Carry> carry;
  private transient Rejects rejects;
  private transient AvroCodec<TokenBlock> blockCodec;
  private transient AvroCodec<TokenIndex> indexCodec;

  TokenizeFunction(TokenizeConfig config, KafkaConnection connection) {
    this.config = config;
    this.connection = connection;
  }

  @Override
  public void countInto(DocumentCount count) {
    this.count = count;
  }

  @Override
  public void open(OpenContext context) throws IOException {
    packer = new BlockPacker(config.sequenceLength());
    tokenizer = TokenizerFile.read(config.tokenizerPath());
    if (!tokenizer.fingerprint().equals(config.tokenizer())) {
      throw new IllegalStateException(
          "tokenizer must be the one the run was made with: file="
              + config.tokenizerFile()
              + ", fingerprint="
              + tokenizer.fingerprint()
              + ", expected="
              + config.tokenizer());
    }
    width = TokenIds.width(tokenizer.vocabSize());
    pending =
        new Window<>(
            getRuntimeContext(),
            "pending",
            LaneDocument.class,
            element -> element.document.ordinal,
            element -> element.windowEnd,
            WINDOW_THEN_ID);
    carry =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("carry", TypeInformation.of(Carry.class)));
    rejects = new Rejects(Stage.TOKENIZE, connection);
    blockCodec = AvroCodec.of(TokenBlock.class, connection.registry());
    indexCodec = AvroCodec.of(TokenIndex.class, connection.registry());
  }

  @Override
  public void processElement(LaneDocument element, Context context, Collector<OutRecord> out)
      throws Exception {
    if (!element.document.end) {
      count.read++;
      if (!config.domains().contains(element.document.domain)) {
        count.rejected++;
        context.output(OutRecord.TAG, rejects.record(element.document, unknownDomain(element)));
        return;
      }
      count.held++;
    }
    // Documents of a window are handed on together, but may be handed on later than it ends.
    element.windowEnd = EventTime.windowEnd(context.timestamp());
    pending.put(element);
    context.timerService().registerEventTimeTimer(element.windowEnd);
  }

  private Rejection unknownDomain(LaneDocument element) {
    return new Rejection(
        "tokenize.domain",
        element.document.domain,
        "one of " + String.join(", ", config.domains()));
  }

  @Override
  public void onTimer(long windowEnd, OnTimerContext context, Collector<OutRecord> out)
      throws Exception {
    Carry lane = carry.value();
    if (lane == null) {
      lane = new Carry();
    }
    for (LaneDocument element : pending.take(windowEnd)) {
      if (element.document.end) {
        out.collect(index(element, lane.nextBlock, 0, 0, true));
      } else {
        pack(lane, element, out);
      }
    }
    carry.update(lane);
  }

  private void pack(Carry lane, LaneDocument element, Collector<OutRecord> out) {
    int[] text = tokenizer.encode(element.document.body);
    int[] ids = Arrays.copyOf(text, text.length + 1);
    ids[text.length] = tokenizer.endOfDocument();
    packer.add(
        lane,
        element.document.id,
        element.document.attributes,
        ids,
        block -> seal(element, block, out));
  }

  private void seal(LaneDocument element, BlockPacker.Block block, Collector<OutRecord> out) {
    byte[] ids = TokenIds.encode(block.ids(), width);
    long hash = TokenIds.hash(ids);
    List<Span> spans = new ArrayList<>();
    for (Carry.Part part : block.parts()) {
      spans.add(
          new Span(
              part.documentId, part.from, part.start, part.length, part.last, part.attributes));
      if (part.last) {
        count.held--;
        count.emitted++;
      }
    }
    TokenBlock sealed =
        TokenBlock.newBuilder()
            .setDomain(element.domain)
            .setLane(element.lane)
            .setBlock(block.number())
            .setTokenizer(config.tokenizer())
            .setWidth(width)
            .setIds(ByteBuffer.wrap(ids))
            .setSpans(spans)
            .setHash(hash)
            .build();
    count.blocks++;
    count.tokens += config.sequenceLength();
    out.collect(
        OutRecord.of(
            connection.topics().tokens(element.domain),
            element.lane,
            element.key(),
            blockCodec.encode(sealed)));
    out.collect(index(element, block.number(), config.sequenceLength(), hash, false));
  }

  private OutRecord index(LaneDocument element, long block, int tokens, long hash, boolean closed) {
    TokenIndex index =
        TokenIndex.newBuilder()
            .setDomain(element.domain)
            .setLane(element.lane)
            .setBlock(block)
            .setTokens(tokens)
            .setHash(hash)
            .setClosed(closed)
            .build();
    return OutRecord.of(
        connection.topics().tokenIndex(), 0, element.key(), indexCodec.encode(index));
  }
}
