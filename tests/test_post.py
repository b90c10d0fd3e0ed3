"""The post: everything arrives, in order, on the loop, and a busy loop is woken once."""
import asyncio
import threading

from server.post import EVERY, Post


def test_what_many_threads_put_arrives_in_order_on_the_loop():
    async def run():
        post, came, here = Post(asyncio.get_running_loop), {n: [] for n in range(4)}, threading.get_ident()
        loop = asyncio.get_running_loop()
        post._loop = lambda: loop

        def work(n):
            for k in range(300):
                post.put([(lambda k=k: came[n].append((k, threading.get_ident())),)])

        threads = [threading.Thread(target=work, args=(n,)) for n in came]
        for thread in threads:
            thread.start()
        while any(len(found) < 300 for found in came.values()):
            await asyncio.sleep(0.001)
        assert all(found == [(k, here) for k in range(300)] for found in came.values())

    asyncio.run(asyncio.wait_for(run(), 60))


def test_the_loop_is_woken_again_only_after_it_found_nothing():
    async def run():
        loop, woken, came = asyncio.get_running_loop(), [], []

        class Loop:
            call_later = staticmethod(loop.call_later)

            @staticmethod
            def call_soon_threadsafe(function):
                woken.append(function)
                loop.call_soon(function)

        post = Post(lambda: Loop)
        for k in range(5):
            post.put([(came.append, k)])
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert came == [0, 1, 2, 3, 4] and len(woken) == 1
        post.put([(came.append, 5)])                 # the loop comes by itself
        while len(came) < 6:
            await asyncio.sleep(EVERY)
        assert len(woken) == 1
        await asyncio.sleep(20 * EVERY)
        post.put([(came.append, 6)])                 # it came, found nothing and sleeps
        while len(came) < 7:
            await asyncio.sleep(EVERY)
        assert len(woken) == 2

    asyncio.run(asyncio.wait_for(run(), 60))


def test_a_failing_delivery_does_not_keep_the_next_and_an_ended_loop_is_told_nothing():
    async def run():
        came, loop = [], asyncio.get_running_loop()
        post = Post(lambda: loop)
        post.put([(lambda: 1 / 0,), (came.append, 1)])
        while not came:
            await asyncio.sleep(EVERY)
        return loop

    loop = asyncio.run(asyncio.wait_for(run(), 60))
    Post(lambda: loop).put([(print, "nobody hears this")])
