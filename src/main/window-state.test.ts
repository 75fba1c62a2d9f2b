import { describe, expect, it } from 'vitest'
import { fitBounds, parseWindowState } from './window-state.ts'

const main = { x: 0, y: 0, width: 1920, height: 1040 }
const right = { x: 1920, y: 0, width: 1280, height: 1000 }

describe('the bounds of the window', () => {
  it('are kept where they are still on a screen', () => {
    const bounds = { x: 2000, y: 50, width: 1100, height: 800 }
    expect(fitBounds(bounds, [main, right])).toEqual(bounds)
  })

  it('are given up where their screen is gone', () => {
    expect(fitBounds({ x: 2000, y: 50, width: 1100, height: 800 }, [main])).toBeNull()
    expect(fitBounds({ x: 100, y: -300, width: 1100, height: 800 }, [main])).toBeNull()
    expect(fitBounds({ x: 1900, y: 50, width: 1100, height: 800 }, [main])).toBeNull()
    expect(fitBounds({ x: 100, y: 1030, width: 1100, height: 800 }, [main])).toBeNull()
  })

  it('are no larger than the screen and no smaller than the page needs', () => {
    expect(fitBounds({ x: 0, y: 0, width: 5000, height: 5000 }, [main])).toMatchObject({ width: 1920, height: 1040 })
    expect(fitBounds({ x: 0, y: 0, width: 200, height: 10 }, [main])).toMatchObject({ width: 1024, height: 700 })
  })
})

it.each([
  '',
  'null',
  '{}',
  '{"bounds":{"x":1}}',
  '{"bounds":{"x":1,"y":2,"width":"3","height":4},"maximised":true}',
  '[1]',
])('%s is no state', text => expect(parseWindowState(text)).toBeNull())

it('is read back as it was written', () => {
  const state = { bounds: { x: 1, y: 2, width: 3, height: 4 }, maximised: true }
  expect(parseWindowState(JSON.stringify(state))).toEqual(state)
})
