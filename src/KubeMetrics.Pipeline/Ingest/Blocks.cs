namespace KubeMetrics.Pipeline.Ingest;

/// <summary>
/// The memory that contents pass through: blocks of one size, so many and no more, used again and again. Who asks for more
/// than are free waits for his turn, so that a large one is not kept waiting by small ones for ever.
/// </summary>
internal sealed class BlockPool(int count)
{
    /// <summary>Bytes of a block.</summary>
    internal const int Size = 256 << 10;

    private readonly Lock _lock = new();
    private readonly Stack<byte[]> _free = [];
    private readonly Queue<(int Count, TaskCompletionSource Turn)> _waiting = [];
    private readonly int _count = count;
    private int _left = count;

    /// <summary>The most bytes that one can have at once.</summary>
    internal long Most => (long)_count * Size;

    /// <summary>Gets room for so many bytes.</summary>
    internal async Task<Blocks> RentAsync(long bytes, CancellationToken cancellationToken)
    {
        var needed = (int)((bytes + Size - 1) / Size);
        TaskCompletionSource? turn = null;
        lock (_lock)
        {
            while (_waiting.TryPeek(out var gone) && gone.Turn.Task.IsCompleted) _waiting.Dequeue(); // whoever gave up
            if (_waiting.Count == 0 && needed <= _left) _left -= needed;
            else _waiting.Enqueue((needed, turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)));
        }

        if (turn is not null)
        {
            await using var given = cancellationToken.Register(() => turn.TrySetCanceled(cancellationToken));
            await turn.Task;
        }

        var blocks = new byte[needed][];
        lock (_lock)
            for (var i = 0; i < needed; i++)
                blocks[i] = _free.TryPop(out var block) ? block : GC.AllocateUninitializedArray<byte>(Size, pinned: true);
        return new Blocks(this, blocks, bytes);
    }

    internal void Return(byte[][] blocks)
    {
        lock (_lock)
        {
            foreach (var block in blocks) _free.Push(block);
            _left += blocks.Length;
            while (_waiting.TryPeek(out var next) && (next.Turn.Task.IsCompleted || next.Count <= _left))
            {
                _waiting.Dequeue();
                if (next.Turn.TrySetResult()) _left -= next.Count;
            }
        }
    }
}

/// <summary>Room for one content.</summary>
internal sealed class Blocks(BlockPool pool, byte[][] blocks, long length) : IDisposable
{
    private byte[][]? _blocks = blocks;

    internal long Length => length;

    /// <summary>The blocks in order, the last one as far as it is needed.</summary>
    internal IEnumerable<Memory<byte>> Memory
    {
        get
        {
            for (var i = 0; i < _blocks!.Length; i++) yield return _blocks[i].AsMemory(0, (int)Math.Min(BlockPool.Size, length - (long)i * BlockPool.Size));
        }
    }

    /// <summary>The content as a stream, from the start.</summary>
    internal Stream Open() => new BlockStream(_blocks!, length);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _blocks, null) is { } all) pool.Return(all);
    }

    private sealed class BlockStream(byte[][] blocks, long length) : Stream
    {
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position
        {
            get => _position;
            set => _position = value;
        }

        public override int Read(Span<byte> buffer)
        {
            var total = 0;
            while (buffer.Length > 0 && _position < length)
            {
                var at = (int)(_position % BlockPool.Size);
                var some = (int)Math.Min(Math.Min(buffer.Length, BlockPool.Size - at), length - _position);
                blocks[_position / BlockPool.Size].AsSpan(at, some).CopyTo(buffer);
                buffer = buffer[some..];
                _position += some;
                total += some;
            }

            return total;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<int>(cancellationToken) : new(Read(buffer.Span));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        // In whole blocks: whoever copies it elsewhere has no buffer in between.
        public override async Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
        {
            while (_position < length)
            {
                var at = (int)(_position % BlockPool.Size);
                var some = (int)Math.Min(BlockPool.Size - at, length - _position);
                await destination.WriteAsync(blocks[_position / BlockPool.Size].AsMemory(at, some), cancellationToken);
                _position += some;
            }
        }

        public override long Seek(long offset, SeekOrigin origin) => _position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _position + offset,
            _ => length + offset,
        };

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
