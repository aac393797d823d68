using System.Linq.Expressions;
using System.Text.RegularExpressions;
using MongoDB.Driver;
using MongoDB.Driver.Linq;

namespace Promethean.Mongo.Embedded.Tests.Server;

/// <summary>
/// The driver's LINQ provider (its manual's page "Query Data with LINQ"): each query answers what LINQ to Objects answers on the same
/// books in memory.
/// </summary>
[Trait("Category", "Integration")]
public abstract class LinqFacts<TTarget>(TTarget target) : IClassFixture<TTarget>
    where TTarget : ServerTarget
{
    private static readonly Book[] Books =
    [
        new(1, "Solaris", "Lem", 204, 12.5, new DateTime(1961, 6, 1, 13, 45, 30, DateTimeKind.Utc), ["ocean", "classic"], [new("Ann", 5), new("Bob", 3)], Genre.Novel, null),
        new(2, "Fiasco", "Lem", 322, 15, new DateTime(1986, 12, 31, 23, 59, 59, DateTimeKind.Utc), [], [new("Cid", 4)], Genre.Novel, 2),
        new(3, "The Dispossessed", "Le Guin", 387, 9.99, new DateTime(1974, 2, 28, 0, 0, 0, DateTimeKind.Utc), ["moon", "classic", "anarchy"], [], Genre.Novel, 1),
        new(4, "Rocannon's World", "Le Guin", 204, 7.25, new DateTime(1966, 3, 15, 6, 30, 0, DateTimeKind.Utc), ["league"], [new("Ann", 2), new("Dan", 2)], Genre.Tale, null),
        new(5, "Roadside Picnic", "Strugatsky", 209, 11, new DateTime(1972, 7, 4, 12, 0, 0, DateTimeKind.Utc), ["zone", "classic"], [new("Bob", 5)], Genre.Tale, 3),
    ];

    private static readonly Author[] Authors = [new("Lem", "PL", 1921), new("Le Guin", "US", 1929), new("Nobody", "XX", 1900)];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Where_compares_joins_and_negates_conditions()
    {
        var given = new[] { 204, 209 };
        await FiltersAsync(
            book => book.Pages > 204,
            book => book.Author == "Lem" && book.Pages >= 204,
            book => book.Author == "Lem" || book.Price < 8,
            book => !(book.Pages == 204),
            book => book.Author != "Lem",
            book => given.Contains(book.Pages),
            book => !given.Contains(book.Pages),
            book => book.Edition == null,
            book => book.Edition != null && book.Edition > 1,
            book => book.Edition.HasValue,
            book => book.Genre == Genre.Tale,
            book => book.Pages % 2 == 0,
            book => book.Pages + 1 == book.Id + 204,
            book => book.Price * 2 > 20,
            book => book.Published < new DateTime(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc),
            book => true,
            book => false);
    }

    [Fact]
    public async Task Where_looks_into_arrays()
    {
        var wanted = new[] { "moon", "zone" };
        await FiltersAsync(
            book => book.Tags.Contains("classic"),
            book => !book.Tags.Contains("classic"),
            book => book.Tags.Any(),
            book => book.Tags.Length == 2,
            book => book.Tags.Any(tag => tag == "moon" || tag == "ocean"),
            book => book.Tags.Any(tag => wanted.Contains(tag)),
            book => book.Tags.All(tag => tag != "classic"),
            book => book.Reviews.Any(review => review.By == "Bob" && review.Stars == 5),
            book => book.Reviews.All(review => review.Stars > 2),
            book => book.Reviews.Count == 2,
            book => book.Reviews.Count(review => review.Stars >= 4) == 1,
            book => book.Reviews.Sum(review => review.Stars) > 4,
            book => book.Tags.Length > 0 && book.Tags[0] == "zone");
    }

    [Fact]
    public async Task Where_calls_string_functions() => await FiltersAsync(
        book => book.Title.StartsWith("Ro"),
        book => book.Title.EndsWith("is"),
        book => book.Title.Contains("ar"),
        book => book.Title.ToLowerInvariant().Length == 7,
        book => book.Title.ToUpperInvariant().Length > 7,
        book => book.Title.Length > 8,
        book => book.Title.IndexOf("ar") == 3,
        book => book.Title.Substring(0, 2) == "So",
        book => Regex.IsMatch(book.Title, "^[A-S]"),
        book => Regex.IsMatch(book.Title, "WORLD", RegexOptions.IgnoreCase),
        book => book.Title.Trim() == "Solaris",
        book => string.IsNullOrEmpty(book.Title),
        book => book.Title.CompareTo("R") > 0);

    [Fact]
    public async Task Where_and_select_take_dates_apart()
    {
        await FiltersAsync(
            book => book.Published.Year == 1986,
            book => book.Published.Month > 6,
            book => book.Published.Day == 28,
            book => book.Published.Hour >= 12,
            book => book.Published.DayOfWeek == DayOfWeek.Tuesday,
            book => book.Published.DayOfYear < 100,
            book => book.Published.AddDays(1).Year == 1987,
            book => book.Published.Date == new DateTime(1974, 2, 28, 0, 0, 0, DateTimeKind.Utc));
        await SameAsync(books => books.OrderBy(book => book.Id).Select(book => new
        {
            book.Published.Year,
            book.Published.Month,
            book.Published.Day,
            book.Published.Hour,
            book.Published.Minute,
            book.Published.Second,
            book.Published.Millisecond,
            Next = book.Published.AddMonths(1),
            Later = book.Published.AddHours(2),
        }));
    }

    [Fact]
    public async Task Select_computes_numbers()
    {
        await SameAsync(books => books.OrderBy(book => book.Id).Select(book => new
        {
            Sum = book.Pages + book.Id,
            Difference = book.Pages - 1,
            Product = book.Price * 2,
            Quotient = book.Price / 2,
            Rest = book.Pages % 7,
            Absolute = Math.Abs(-book.Pages),
            Floor = Math.Floor(book.Price),
            Ceiling = Math.Ceiling(book.Price),
            Root = Math.Sqrt(book.Id * book.Id),
            Power = Math.Pow(book.Id, 2),
            Truncated = Math.Truncate(book.Price),
            IsLong = book.Pages > 300 ? "long" : "short",
            Edition = book.Edition ?? 0,
            AsDouble = (double)book.Pages,
            AsInt = (int)book.Price,
            AsLong = (long)book.Pages,
        }));
    }

    [Fact]
    public async Task Select_builds_strings() => await SameAsync(books => books.OrderBy(book => book.Id).Select(book => new
    {
        Joined = book.Author + ": " + book.Title,
        Concatenated = string.Concat(book.Author, "-", book.Title),
        Upper = book.Title.ToUpperInvariant(),
        Lower = book.Title.ToLowerInvariant(),
        Part = book.Title.Substring(1, 3),
        Rest = book.Title.Substring(2),
        book.Title.Length,
        At = book.Title.IndexOf("is"),
        Trimmed = (" " + book.Title + " ").Trim(),
        First = book.Title.Split(' ')[0],
        HasA = book.Title.Contains("ar"),
        Starts = book.Title.StartsWith("So"),
    }));

    [Fact]
    public async Task Select_transforms_arrays() => await SameAsync(books => books.OrderBy(book => book.Id).Select(book => new
    {
        Count = book.Tags.Count(),
        Stars = book.Reviews.Select(review => review.Stars).ToList(),
        Sum = book.Reviews.Sum(review => review.Stars),
        Good = book.Reviews.Where(review => review.Stars > 2).Select(review => review.By).ToList(),
        Two = book.Tags.Take(2).ToList(),
        Rest = book.Tags.Skip(1).ToList(),
        Backwards = book.Tags.Reverse().ToList(),
        Longer = book.Tags.Concat(new[] { "extra" }).ToList(),
        HasMoon = book.Tags.Any(tag => tag == "moon"),
        Total = book.Reviews.Aggregate(0, (sum, review) => sum + review.Stars),
        First = book.Tags.FirstOrDefault(),
    }));

    [Fact]
    public async Task Functions_that_only_MongoDB_has_are_called()
    {
        var books = await BooksAsync();
        var day = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

        var rows = await books.AsQueryable().OrderBy(book => book.Id).Select(book => new
        {
            Month = book.Published.Truncate(DateTimeUnit.Month),
            Years = day.Subtract(book.Published, DateTimeUnit.Year),
            Week = book.Published.Week(),
            Later = book.Published.AddQuarters(1),
            Text = book.Published.ToString("%Y-%m-%d", "+02:00"),
            Bytes = book.Title.StrLenBytes(),
            Sine = Math.Sin(book.Price),
            Read = Mql.DateFromString("2026-01-02T03:04:05Z"),
            Sorted = book.Tags.OrderBy(tag => tag).ToList(),
            HasEdition = Mql.Exists(book.Edition),
            Stars = book.Reviews.OrderByDescending(review => review.Stars).Select(review => review.Stars).ToList(),
        }).ToListAsync(Cancel);

        for (var i = 0; i < Books.Length; i++)
        {
            var (row, book) = (rows[i], Books[i]);
            row.Month.Should().Be(new DateTime(book.Published.Year, book.Published.Month, 1, 0, 0, 0, DateTimeKind.Utc));
            row.Years.Should().Be(2000 - book.Published.Year);
            row.Week.Should().Be((book.Published.DayOfYear + 6 - (int)book.Published.DayOfWeek) / 7);
            row.Later.Should().Be(book.Published.AddMonths(3));
            row.Text.Should().Be(book.Published.AddHours(2).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
            row.Bytes.Should().Be(book.Title.Length);
            row.Sine.Should().BeApproximately(Math.Sin(book.Price), 1e-9);
            row.Read.Should().Be(new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));
            row.Sorted.Should().Equal(book.Tags.Order(StringComparer.Ordinal));
            row.HasEdition.Should().BeTrue();
            row.Stars.Should().Equal(book.Reviews.Select(review => review.Stars).OrderDescending());
        }
    }

    [Fact]
    public async Task Groups_have_medians_and_deviations()
    {
        var books = await BooksAsync();

        var group = await books.AsQueryable().GroupBy(book => 1).Select(all => new
        {
            Median = all.Median(book => book.Pages),
            Quarter = all.Percentile(book => book.Pages, new[] { 0.25 }),
            Deviation = all.StandardDeviationPopulation(book => book.Pages),
            Cheapest = all.MinN(book => book.Price, 2),
        }).SingleAsync(Cancel);
        var sample = await books.AsQueryable().Sample(3).ToListAsync(Cancel);

        var mean = Books.Average(book => book.Pages);
        group.Median.Should().Be(209);
        group.Quarter.Should().Equal(204);
        group.Deviation.Should().BeApproximately(Math.Sqrt(Books.Average(book => (book.Pages - mean) * (book.Pages - mean))), 1e-9);
        group.Cheapest.Should().Equal(7.25, 9.99);
        sample.Should().HaveCount(3).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public async Task A_query_may_bring_its_own_documents()
    {
        var database = target.NewCollection<Author>().Database;

        var found = await database.AsQueryable().Documents(Authors).Where(author => author.Born > 1910).Select(author => author.Id).ToListAsync(Cancel);

        found.Should().Equal("Lem", "Le Guin");
    }

    [Fact]
    public async Task Sets_are_made_of_arrays()
    {
        var books = await BooksAsync();

        var sets = await books.AsQueryable().OrderBy(book => book.Id).Select(book => new
        {
            Union = book.Tags.Union(new[] { "classic", "new" }).ToList(),
            Common = book.Tags.Intersect(new[] { "classic", "new" }).ToList(),
            Rest = book.Tags.Except(new[] { "classic", "new" }).ToList(),
        }).ToListAsync(Cancel);

        for (var i = 0; i < Books.Length; i++)
        {
            sets[i].Union.Should().BeEquivalentTo(Books[i].Tags.Union(["classic", "new"]));
            sets[i].Common.Should().BeEquivalentTo(Books[i].Tags.Intersect(["classic", "new"]));
            sets[i].Rest.Should().BeEquivalentTo(Books[i].Tags.Except(["classic", "new"]));
        }
    }

    [Fact]
    public async Task Books_are_grouped()
    {
        await SameAsync(books => books.GroupBy(book => book.Author).Select(group => new
        {
            group.Key,
            Count = group.Count(),
            Pages = group.Sum(book => book.Pages),
            Price = group.Average(book => book.Price),
            Least = group.Min(book => book.Pages),
            Most = group.Max(book => book.Pages),
        }).OrderBy(group => group.Key));
        await SameAsync(books => books.GroupBy(book => new { book.Author, book.Genre }, book => book.Pages)
            .Select(group => new { group.Key.Author, group.Key.Genre, Total = group.Sum() }).OrderBy(group => group.Author).ThenBy(group => group.Total));
        await SameAsync(books => books.OrderBy(book => book.Id).GroupBy(book => book.Author).Select(group => new { group.Key, First = group.First().Title, Last = group.Last().Title }).OrderBy(group => group.Key));
        await SameAsync(books => books.GroupBy(book => book.Published.Year, (year, all) => new { year, Count = all.Count() }).OrderBy(group => group.year));
    }

    [Fact]
    public async Task Books_are_ordered_skipped_and_taken()
    {
        await SameAsync(books => books.OrderBy(book => book.Pages).ThenByDescending(book => book.Price).Select(book => book.Title));
        await SameAsync(books => books.OrderByDescending(book => book.Price).Skip(1).Take(3).Select(book => book.Id));
        await SameAsync(books => books.OrderBy(book => book.Title.Length).ThenBy(book => book.Id).Select(book => book.Id));
        await SameAsync(books => books.Select(book => book.Author).Distinct().OrderBy(author => author));
        await SameAsync(books => books.Where(book => book.Pages > 200).OrderBy(book => book.Id).Where(book => book.Price < 12).Select(book => book.Title));
    }

    [Fact]
    public async Task Single_values_are_computed_on_the_server()
    {
        var books = (await BooksAsync()).AsQueryable();

        (await books.CountAsync(Cancel)).Should().Be(5);
        (await books.LongCountAsync(book => book.Author == "Lem", Cancel)).Should().Be(2);
        (await books.SumAsync(book => book.Pages, Cancel)).Should().Be(Books.Sum(book => book.Pages));
        (await books.AverageAsync(book => book.Price, Cancel)).Should().BeApproximately(Books.Average(book => book.Price), 1e-9);
        (await books.MinAsync(book => book.Published, Cancel)).Should().Be(Books.Min(book => book.Published));
        (await books.MaxAsync(book => book.Title, Cancel)).Should().Be("The Dispossessed");
        (await books.AnyAsync(book => book.Pages > 1000, Cancel)).Should().BeFalse();
        (await books.FirstOrDefaultAsync(book => book.Id == 99, Cancel)).Should().BeNull();
        (await books.SingleAsync(book => book.Id == 3, Cancel)).Title.Should().Be("The Dispossessed");
        (await books.OrderBy(book => book.Pages).ThenBy(book => book.Id).FirstAsync(Cancel)).Id.Should().Be(1);
        books.All(book => book.Pages > 100).Should().BeTrue();
    }

    [Fact]
    public async Task Arrays_are_unwound_by_SelectMany()
    {
        await SameAsync(books => books.SelectMany(book => book.Tags).OrderBy(tag => tag));
        await SameAsync(books => books.SelectMany(book => book.Reviews, (book, review) => new { book.Title, review.By, review.Stars }).OrderBy(row => row.Title).ThenBy(row => row.By));
        await SameAsync(books => books.SelectMany(book => book.Tags).GroupBy(tag => tag).Select(group => new { group.Key, Count = group.Count() }).OrderByDescending(group => group.Count).ThenBy(group => group.Key));
    }

    [Fact]
    public async Task Collections_are_joined_and_united()
    {
        var books = await BooksAsync();
        var authors = target.NewCollection<Author>();
        await authors.InsertManyAsync(Authors, cancellationToken: Cancel);

        var joined = await books.AsQueryable()
            .Join(authors.AsQueryable(), book => book.Author, author => author.Id, (book, author) => new { book.Title, author.Country })
            .OrderBy(row => row.Title).ToListAsync(Cancel);
        var grouped = await authors.AsQueryable()
            .GroupJoin(books.AsQueryable(), author => author.Id, book => book.Author, (author, written) => new { author.Id, Count = written.Count() })
            .OrderBy(row => row.Id).ToListAsync(Cancel);
        var united = await books.AsQueryable().Select(book => book.Author).Union(authors.AsQueryable().Select(author => author.Id)).OrderBy(name => name).ToListAsync(Cancel);

        joined.Should().Equal(Books.Join(Authors, book => book.Author, author => author.Id, (book, author) => new { book.Title, author.Country }).OrderBy(row => row.Title, StringComparer.Ordinal));
        grouped.Should().Equal(Authors.GroupJoin(Books, author => author.Id, book => book.Author, (author, written) => new { author.Id, Count = written.Count() }).OrderBy(row => row.Id, StringComparer.Ordinal));
        united.Should().Equal("Le Guin", "Lem", "Nobody", "Strugatsky");
    }

    private async Task FiltersAsync(params Expression<Func<Book, bool>>[] filters)
    {
        var books = await BooksAsync();
        foreach (var filter in filters)
        {
            var expected = Books.AsQueryable().Where(filter).Select(book => book.Id).ToList();

            var found = await books.AsQueryable().Where(filter).OrderBy(book => book.Id).Select(book => book.Id).ToListAsync(Cancel);
            var byFind = await books.Find(filter).SortBy(book => book.Id).Project(book => book.Id).ToListAsync(Cancel);

            found.Should().Equal(expected, "{0}", filter);
            byFind.Should().Equal(expected, "{0}", filter);
        }
    }

    private async Task SameAsync<T>(Func<IQueryable<Book>, IQueryable<T>> query)
    {
        var books = await BooksAsync();

        var found = await query(books.AsQueryable()).ToListAsync(Cancel);

        found.Should().BeEquivalentTo(query(Books.AsQueryable()).ToList(), options => options.WithStrictOrdering().Using<double>(pair => pair.Subject.Should().BeApproximately(pair.Expectation, 1e-9)).WhenTypeIs<double>());
    }

    private async Task<IMongoCollection<Book>> BooksAsync()
    {
        var books = target.NewCollection<Book>();
        await books.InsertManyAsync(Books, cancellationToken: Cancel);
        return books;
    }

    public enum Genre
    {
        Novel,
        Tale,
    }

    public sealed record Review(string By, int Stars);

    public sealed record Author(string Id, string Country, int Born);

    public sealed record Book(
        int Id, string Title, string Author, int Pages, double Price, DateTime Published, string[] Tags, List<Review> Reviews, Genre Genre, int? Edition);
}
