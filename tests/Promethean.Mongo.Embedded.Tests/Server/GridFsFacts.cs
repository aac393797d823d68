using MongoDB.Bson;
using MongoDB.Driver;
using MongoDB.Driver.GridFS;

namespace Promethean.Mongo.Embedded.Tests.Server;

/// <summary>Files in pieces through the driver's GridFS bucket: "GridFS" in MongoDB's manual.</summary>
[Trait("Category", "Integration")]
public abstract class GridFsFacts<TTarget>(TTarget target) : IClassFixture<TTarget>
    where TTarget : ServerTarget
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_file_comes_back_by_its_id_and_by_its_name()
    {
        var bucket = NewBucket();
        var bytes = Bytes(1_000, seed: 1);

        var id = await bucket.UploadFromBytesAsync("a.bin", bytes, new GridFSUploadOptions { Metadata = new BsonDocument("kind", "test") }, Cancel);

        (await bucket.DownloadAsBytesAsync(id, cancellationToken: Cancel)).Should().Equal(bytes);
        (await bucket.DownloadAsBytesByNameAsync("a.bin", cancellationToken: Cancel)).Should().Equal(bytes);
        var info = await (await bucket.FindAsync("{ 'metadata.kind': 'test' }", cancellationToken: Cancel)).SingleAsync(Cancel);
        (info.Filename, info.Length, info.ChunkSizeBytes).Should().Be(("a.bin", 1_000L, 255 * 1024));
    }

    [Fact]
    public async Task Five_megabytes_come_back_as_they_were()
    {
        var bucket = NewBucket();
        var bytes = Bytes(5_000_000, seed: 2);
        ObjectId id;
        using (var source = new MemoryStream(bytes)) id = await bucket.UploadFromStreamAsync("large.bin", source, cancellationToken: Cancel);

        using var copy = new MemoryStream();
        await bucket.DownloadToStreamAsync(id, copy, cancellationToken: Cancel);

        copy.ToArray().AsSpan().SequenceEqual(bytes).Should().BeTrue();
    }

    [Fact]
    public async Task Of_several_revisions_each_can_be_had()
    {
        var bucket = NewBucket();
        foreach (var seed in new[] { 3, 4, 5 }) await bucket.UploadFromBytesAsync("revised.bin", Bytes(100, seed), cancellationToken: Cancel);

        var latest = await bucket.DownloadAsBytesByNameAsync("revised.bin", cancellationToken: Cancel);
        var first = await bucket.DownloadAsBytesByNameAsync("revised.bin", new GridFSDownloadByNameOptions { Revision = 0 }, Cancel);

        latest.Should().Equal(Bytes(100, 5));
        first.Should().Equal(Bytes(100, 3));
    }

    [Fact]
    public async Task A_range_is_read_without_what_lies_before_it()
    {
        var bucket = NewBucket(chunkSize: 1_000);
        var bytes = Bytes(10_500, seed: 6);
        var id = await bucket.UploadFromBytesAsync("range.bin", bytes, cancellationToken: Cancel);

        using var stream = await bucket.OpenDownloadStreamAsync(id, new GridFSDownloadOptions { Seekable = true }, Cancel);
        stream.Seek(4_321, SeekOrigin.Begin);
        var part = new byte[3_000];
        await stream.ReadExactlyAsync(part, Cancel);

        part.Should().Equal(bytes[4_321..7_321]);
    }

    [Fact]
    public async Task A_renamed_file_has_its_new_name_only()
    {
        var bucket = NewBucket();
        var id = await bucket.UploadFromBytesAsync("before.bin", Bytes(10, seed: 7), cancellationToken: Cancel);

        await bucket.RenameAsync(id, "after.bin", Cancel);

        (await bucket.DownloadAsBytesByNameAsync("after.bin", cancellationToken: Cancel)).Should().HaveCount(10);
        await bucket.Awaiting(b => b.DownloadAsBytesByNameAsync("before.bin", cancellationToken: Cancel)).Should().ThrowAsync<GridFSFileNotFoundException>();
    }

    [Fact]
    public async Task A_deleted_file_leaves_no_pieces()
    {
        var bucket = NewBucket(chunkSize: 100);
        var id = await bucket.UploadFromBytesAsync("gone.bin", Bytes(1_000, seed: 8), cancellationToken: Cancel);
        var chunks = bucket.Database.GetCollection<BsonDocument>($"{bucket.Options.BucketName}.chunks");
        (await chunks.CountDocumentsAsync("{}", cancellationToken: Cancel)).Should().Be(10);

        await bucket.DeleteAsync(id, Cancel);

        (await chunks.CountDocumentsAsync("{}", cancellationToken: Cancel)).Should().Be(0);
        await bucket.Awaiting(b => b.DownloadAsBytesAsync(id, cancellationToken: Cancel)).Should().ThrowAsync<GridFSFileNotFoundException>();
    }

    private GridFSBucket NewBucket(int? chunkSize = null)
    {
        var place = target.NewCollection();
        return new GridFSBucket(place.Database, new GridFSBucketOptions { BucketName = place.CollectionNamespace.CollectionName, ChunkSizeBytes = chunkSize ?? 255 * 1024 });
    }

    private static byte[] Bytes(int count, int seed)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
