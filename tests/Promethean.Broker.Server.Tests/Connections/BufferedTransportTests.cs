using System.IO.Pipelines;
using System.Text;

namespace Promethean.Broker.Server.Tests;

public sealed class BufferedTransportTests : IDisposable
{
    private readonly Connection _connection = new();

    public void Dispose() => _connection.Dispose();

    [Fact]
    public async Task What_is_not_held_leaves_at_once()
    {
        await _connection.Transport.WriteAsync("one"u8.ToArray(), Token);
        _connection.Writes.Should().Equal("one");
    }

    [Fact]
    public async Task What_is_held_leaves_in_one_piece_and_in_order()
    {
        _connection.Transport.Hold();
        await _connection.Transport.WriteAsync("one,"u8.ToArray(), Token);
        await _connection.Transport.WriteAsync("two,"u8.ToArray(), Token);
        _connection.Writes.Should().BeEmpty();
        await _connection.Transport.ReleaseAsync(Token);
        await _connection.Transport.WriteAsync("three"u8.ToArray(), Token);
        _connection.Writes.Should().Equal("one,two,", "three");
    }

    [Fact]
    public async Task Many_small_reads_cost_one_of_the_connection()
    {
        await _connection.Incoming.WriteAsync(new byte[300], Token);
        var buffer = new byte[100];
        for (var i = 0; i < 3; i++)
        {
            (await _connection.Transport.ReadAsync(buffer, Token)).Should().Be(100);
        }

        _connection.Reads.Should().Be(1);
    }

    [Fact]
    public async Task Before_more_is_read_it_is_told_also_where_more_is_there_already()
    {
        var told = 0;
        _connection.Transport.BeforeRead = () => told++;
        await _connection.Incoming.WriteAsync(new byte[20_000], Token);
        var buffer = new byte[100];
        for (var i = 0; i < 200; i++)
        {
            _connection.Transport.ReadAsync(buffer, Token).AsTask().IsCompleted.Should().BeTrue("the client never pauses");
        }

        told.Should().Be(3, "8 KB are read ahead at a time");
    }

    [Fact]
    public async Task The_end_of_the_connection_is_the_end_of_what_is_read()
    {
        await _connection.Incoming.WriteAsync("last"u8.ToArray(), Token);
        await _connection.Incoming.CompleteAsync();
        var buffer = new byte[100];
        (await _connection.Transport.ReadAsync(buffer, Token)).Should().Be(4);
        (await _connection.Transport.ReadAsync(buffer, Token)).Should().Be(0);
    }

    [Fact]
    public async Task Bytes_pass_unchanged_however_they_are_cut()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            using var connection = new Connection();
            var sent = new byte[random.Next(1, 40_000)];
            random.NextBytes(sent);
            var received = ReceiveAsync(connection, random.Next(1, 20_000), sent.Length);
            for (var at = 0; at < sent.Length;)
            {
                var length = Math.Min(random.Next(1, 12_000), sent.Length - at);
                await connection.Incoming.WriteAsync(sent.AsMemory(at, length), Token);
                at += length;
            }

            (await received).Should().Equal(sent, "seed {0} says so", seed);
        }
    }

    [Fact]
    public async Task Writers_that_hold_and_others_lose_nothing_and_keep_their_order()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            using var connection = new Connection { Jitter = new(seed) };
            var holder = Task.Run(() => HoldAsync(connection.Transport, new(seed)), Token);
            var other = Task.Run(() => WriteAsync(connection.Transport, 'b', 50), Token);
            await Task.WhenAll(holder, other);
            var all = string.Concat(connection.Writes).Split(';', StringSplitOptions.RemoveEmptyEntries);
            all.Where(one => one[0] == 'a').Should().Equal(Enumerable.Range(0, 50).Select(i => $"a{i}"), "seed {0} says so", seed);
            all.Where(one => one[0] == 'b').Should().Equal(Enumerable.Range(0, 50).Select(i => $"b{i}"), "seed {0} says so", seed);
            connection.MostWritesAtOnce.Should().Be(1, "seed {0} says so", seed);
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task<byte[]> ReceiveAsync(Connection connection, int bufferBytes, int length)
    {
        var received = new MemoryStream();
        var buffer = new byte[bufferBytes];
        while (received.Length < length)
        {
            received.Write(buffer, 0, await connection.Transport.ReadAsync(buffer, Token));
        }

        return received.ToArray();
    }

    private static async Task HoldAsync(BufferedTransport transport, Random random)
    {
        for (var i = 0; i < 50;)
        {
            transport.Hold();
            for (var left = random.Next(1, 8); left > 0 && i < 50; left--)
            {
                await transport.WriteAsync(Encoding.UTF8.GetBytes($"a{i++};"), Token);
            }

            await transport.ReleaseAsync(Token);
        }
    }

    private static async Task WriteAsync(BufferedTransport transport, char mark, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await transport.WriteAsync(Encoding.UTF8.GetBytes($"{mark}{i};"), Token);
        }
    }

    /// <summary>The server's side of a connection, which counts what is asked of it.</summary>
    private sealed class Connection : Stream
    {
        private readonly Pipe _incoming = new(new(pauseWriterThreshold: 0));
        private int _writesNow;

        public Connection() => Transport = new(this);

        public BufferedTransport Transport { get; }

        public PipeWriter Incoming => _incoming.Writer;

        public List<string> Writes { get; } = [];

        public Random? Jitter { get; init; }

        public int MostWritesAtOnce { get; private set; }

        /// <summary>Reads that gave something.</summary>
        public int Reads { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await _incoming.Reader.AsStream().ReadAsync(buffer, cancellationToken);
            Reads += read > 0 ? 1 : 0;
            return read;
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            MostWritesAtOnce = Math.Max(MostWritesAtOnce, Interlocked.Increment(ref _writesNow));
            Writes.Add(Encoding.UTF8.GetString(buffer.Span));
            for (var i = Jitter?.Next(3) ?? 0; i > 0; i--)
            {
                await Task.Yield();
            }

            Interlocked.Decrement(ref _writesNow);
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
