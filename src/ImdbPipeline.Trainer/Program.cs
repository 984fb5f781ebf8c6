Console.WriteLine("imdb");
