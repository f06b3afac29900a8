"""Loops over columns, one row at a time: Cython makes C of them where the corridor is compiled.

Run as Python they give the same, slowly; there NumPy does the same a column at a time
(``native.LOOPS`` says which).  Arrays that are handed in last are written to.  Times are in hours.
"""

import cython


def free_after(
    times: cython.double[:, ::1], known: cython.Py_ssize_t, free: cython.double[:, ::1]
) -> None:
    """When servers are free after all boxes, the first first, from when they are after ``known``.

    ``times`` by train and box, ``free`` by train and server.
    """
    train: cython.Py_ssize_t
    box: cython.Py_ssize_t
    place: cython.Py_ssize_t
    end: cython.double
    servers: cython.Py_ssize_t = free.shape[1]
    for train in range(times.shape[0]):
        for box in range(known, times.shape[1]):
            end = free[train, 0] + times[train, box]
            place = 1
            while place < servers and free[train, place] < end:
                free[train, place - 1] = free[train, place]
                place += 1
            free[train, place - 1] = end


def serve_from_idle(
    times: cython.double[::1],
    now: cython.double,
    free: cython.double[::1],
    moves: cython.double[:, ::1],
) -> None:
    """Starts and ends of boxes that come ``now`` to idle servers, a row of each.

    Hours are summed from 0 on, and ``now`` is added to the sums.  ``free`` by server, of zeros.
    """
    box: cython.Py_ssize_t
    place: cython.Py_ssize_t
    begin: cython.double
    end: cython.double
    servers: cython.Py_ssize_t = free.shape[0]
    # Who follows needs to know which server is free first; where all begin at once, nobody does.
    follow: cython.bint = moves.shape[1] > servers
    for box in range(moves.shape[1]):
        begin = free[0] if follow else 0.0
        end = begin + times[box]
        moves[0, box] = now + begin
        moves[1, box] = now + end
        if follow:
            place = 1
            while place < servers and free[place] < end:
                free[place - 1] = free[place]
                place += 1
            free[place - 1] = end


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def _stop(end: cython.double, horizon: cython.double) -> cython.double:
    """The end, or the horizon if that is earlier or the end is not a number."""
    return end if end < horizon else horizon


def count_pieces(
    rows: cython.longlong[::1],
    begin: cython.double[::1],
    end: cython.double[::1],
    hours: cython.double[::1],
    horizon: cython.double,
    number: cython.longlong[::1],
) -> cython.Py_ssize_t:
    """Add to ``number`` a piece of each row that has hours; returns how many have.

    ``hours`` has one entry a row, or none: all from begin to end, which is cut at the horizon.
    """
    i: cython.Py_ssize_t
    found: cython.Py_ssize_t = 0
    own: cython.bint = hours.shape[0] > 0
    for i in range(rows.shape[0]):
        if (hours[i] if own else _stop(end[i], horizon) - begin[i]) > 0.0:
            number[rows[i]] += 1
            found += 1
    return found


def write_pieces(
    rows: cython.longlong[::1],
    kind: cython.short[::1],
    begin: cython.double[::1],
    end: cython.double[::1],
    hours: cython.double[::1],
    train: cython.longlong[::1],
    horizon: cython.double,
    following: cython.longlong[::1],
    kinds: cython.short[::1],
    begins: cython.double[::1],
    stops: cython.double[::1],
    all_hours: cython.double[::1],
    trains: cython.int[::1],
) -> None:
    """Write the pieces that have hours where the next of each row goes, ``following``.

    ``kind`` has one entry or one a row, ``hours`` and ``train`` none or one a row; -1 is no train.
    """
    i: cython.Py_ssize_t
    place: cython.Py_ssize_t
    stop: cython.double
    took: cython.double
    own: cython.bint = hours.shape[0] > 0
    each_kind: cython.bint = kind.shape[0] > 1
    each_train: cython.bint = train.shape[0] > 0
    for i in range(rows.shape[0]):
        stop = _stop(end[i], horizon)
        took = hours[i] if own else stop - begin[i]
        if took > 0.0:
            place = following[rows[i]]
            following[rows[i]] = place + 1
            kinds[place] = kind[i if each_kind else 0]
            begins[place] = begin[i]
            stops[place] = stop
            all_hours[place] = took
            trains[place] = train[i] if each_train else -1


def write_lists(
    rows: cython.longlong[::1],
    which: cython.longlong[::1],
    first: cython.longlong[::1],
    number: cython.longlong[::1],
    kind: cython.short[::1],
    begin: cython.double[::1],
    stop: cython.double[::1],
    hours: cython.double[::1],
    train: cython.longlong[::1],
    following: cython.longlong[::1],
    kinds: cython.short[::1],
    begins: cython.double[::1],
    stops: cython.double[::1],
    all_hours: cython.double[::1],
    trains: cython.int[::1],
) -> None:
    """Write for each row the pieces of one of the lists, where the next of the row goes."""
    i: cython.Py_ssize_t
    source: cython.Py_ssize_t
    place: cython.Py_ssize_t
    for i in range(rows.shape[0]):
        place = following[rows[i]]
        for source in range(first[which[i]], first[which[i]] + number[which[i]]):
            kinds[place] = kind[source]
            begins[place] = begin[source]
            stops[place] = stop[source]
            all_hours[place] = hours[source]
            trains[place] = train[i]
            place += 1
        following[rows[i]] = place


def out_of_time(
    number: cython.longlong[::1],
    begin: cython.double[::1],
    stop: cython.double[::1],
    mixed: cython.uchar[::1],
) -> cython.Py_ssize_t:
    """How many rows have pieces that are not in order of begin and end; they are marked.

    Rows follow each other and have so many pieces each.
    """
    row: cython.Py_ssize_t
    place: cython.Py_ssize_t = 0
    last: cython.Py_ssize_t
    found: cython.Py_ssize_t = 0
    for row in range(number.shape[0]):
        last = place + number[row] - 1
        while place < last:
            if begin[place + 1] < begin[place] or (
                begin[place + 1] == begin[place] and stop[place + 1] < stop[place]
            ):
                found += 1 - mixed[row]
                mixed[row] = 1
            place += 1
        place = last + 1
    return found


def count_spells(
    unit: cython.int[::1],
    begin: cython.double[::1],
    last: cython.double,
    place: cython.int[::1],
) -> cython.Py_ssize_t:
    """How many spells begin by hour ``last``, and in ``place`` where those of each unit go.

    ``place`` is of zeros, one more than there are units.
    """
    i: cython.Py_ssize_t
    for i in range(unit.shape[0]):
        if begin[i] <= last:
            place[unit[i] + 1] += 1
    for i in range(1, place.shape[0]):
        place[i] += place[i - 1]
    return place[place.shape[0] - 1]


def order_spells(
    unit: cython.int[::1],
    begin: cython.double[::1],
    last: cython.double,
    place: cython.int[::1],
    following: cython.int[::1],
    order: cython.longlong[::1],
    begins: cython.double[::1],
    ends: cython.double[::1],
) -> None:
    """Positions of these spells by unit, as they come, with begin and end of each.

    A spell ends when the next of its unit begins, or at hour ``last``.  ``place`` is as counted,
    ``following`` a copy of it.
    """
    i: cython.Py_ssize_t
    at: cython.Py_ssize_t
    for i in range(unit.shape[0]):
        if begin[i] <= last:
            at = following[unit[i]]
            following[unit[i]] = at + 1
            order[at] = i
            begins[at] = begin[i]
            ends[at] = last
            if at > place[unit[i]]:
                ends[at - 1] = begin[i]
